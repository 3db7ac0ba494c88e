/** What a lab remembers of itself between runs: number, process, secrets. Files in `.lab`, the secret ones readable by their owner only. */
import { execFileSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";

export interface Identity {
  /** 1..250 */
  number: number;
  /** Of the running process, or of the one that ran last. */
  pid?: number;
  started?: string;
  /** Zones asked for with `up --zone`; `reset` leaves them, empty. */
  zones: string[];
}

export interface Secrets {
  /** 64 characters, as Hetzner's are. */
  hcloudToken: string;
  /** 40 characters, as Cloudflare's are. */
  cloudflareToken: string;
  /** For the lab's own control API. */
  controlToken: string;
  pulumiPassphrase: string;
  /** The object store's, as long as S3 has them. */
  storageAccessKey: string;
  storageSecretKey: string;
  /** What backups are encrypted with. */
  backupPassword: string;
}

/** undefined when no lab was ever up in this folder. */
export function readIdentity(directory: string): Identity | undefined {
  const path = join(directory, "lab.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Identity) : undefined;
}

export function writeIdentity(directory: string, identity: Identity): void {
  replaceFile(join(directory, "lab.json"), `${JSON.stringify(identity, null, 2)}\n`, 0o644);
}

/** Reads the secrets, or makes them; what a lab of old has not yet is added. */
export function openSecrets(directory: string): Secrets {
  const path = join(directory, "secrets.json");
  const known = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Partial<Secrets>) : {};
  if (Object.keys(lengths).every((name) => name in known)) return known as Secrets;
  const made = Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, letters(length)])) as unknown as Secrets;
  const secrets = { ...made, ...known };
  replaceFile(path, `${JSON.stringify(secrets, null, 2)}\n`, 0o600);
  return secrets;
}

const lengths: Record<keyof Secrets, number> = {
  hcloudToken: 64, cloudflareToken: 40, controlToken: 40, pulumiPassphrase: 32, storageAccessKey: 20, storageSecretKey: 40, backupPassword: 32,
};

/** Path of the operator's private key, made with ssh-keygen when absent; `.pub` lies beside it. */
export function openOperatorKey(directory: string): string {
  const folder = join(directory, "operator");
  const path = join(folder, "id_ed25519");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) {
    const comment = `${userInfo().username}@${hostname()} (lab)`;
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path], { stdio: ["ignore", "ignore", "inherit"] });
  }
  return path;
}

// Letters and digits only: what both vendors' clients accept as a token.
function letters(length: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

// Renamed into place: a reader sees the old file or the new one, never half of one.
function replaceFile(path: string, text: string, mode: number): void {
  const temporary = `${path}.${randomBytes(4).toString("hex")}`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}
