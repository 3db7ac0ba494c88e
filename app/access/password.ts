/** Passwords are kept as scrypt hashes: `scrypt$N$r$p$salt$hash`, so that the cost can grow without locking anybody out. */
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** 16 MB and about a tenth of a second each. */
const cost = { N: 2 ** 14, r: 8, p: 5 };
const length = 32;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await inTurn(() => derive(password.normalize("NFKC"), salt, length, cost));
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/** Takes as long for a hash that is absent, so that an answer's time does not tell who has an account. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, N, r, p, salt = "", hash = ""] = (stored ?? `scrypt$${cost.N}$${cost.r}$${cost.p}$$`).split("$");
  const wanted = Buffer.from(hash, "base64url");
  const given = await inTurn(() => derive(password.normalize("NFKC"), Buffer.from(salt, "base64url"), length, { N: Number(N), r: Number(r), p: Number(p) }));
  return wanted.length === length && timingSafeEqual(wanted, given);
}

let last: Promise<unknown> = Promise.resolve();
/** One at a time: a crowd that signs in at once must not take the memory or the processor from everybody else. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine.catch(() => {});
  return mine;
}

/** For people to read out and type: 20 letters and digits that are not taken for each other, some 98 bits. */
export function newPassword(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  const fit = 256 - 256 % letters.length;
  const chosen = [...randomBytes(200)].filter((byte) => byte < fit).slice(0, 20).map((byte) => letters[byte % letters.length]!).join("");
  return chosen.replace(/(.{5})(?=.)/g, "$1-");
}
