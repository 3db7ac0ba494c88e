/**
 * Ed25519 keys in OpenSSH's own format, the only one that sshd takes for them. Node writes PKCS #8 only, and the key maker of
 * npm's ssh2 (1.17.0) writes a broken key now and then (10 of 4000, where a byte is zero). Format: PROTOCOL.key in openssh-portable.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";

export interface KeyPair {
  /** `-----BEGIN OPENSSH PRIVATE KEY-----`, without passphrase. */
  privateKey: string;
  /** `ssh-ed25519 AAAA…`, without comment. */
  publicKey: string;
}

const TYPE = "ssh-ed25519";

export function newKeyPair(comment = ""): KeyPair {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const point = Buffer.from(x!, "base64url");
  const seed = Buffer.from(d!, "base64url");
  const publicBlob = Buffer.concat([text(TYPE), text(point)]);
  // The same number twice: a reader with the wrong passphrase would see two different ones.
  const check = randomBytes(4);
  const secrets = padded(Buffer.concat([check, check, text(TYPE), text(point), text(Buffer.concat([seed, point])), text(comment)]));
  const file = Buffer.concat([Buffer.from("openssh-key-v1\0"), text("none"), text("none"), text(""), number(1), text(publicBlob), text(secrets)]);
  const lines = file.toString("base64").match(/.{1,70}/g)!;
  return {
    privateKey: ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n"),
    publicKey: `${TYPE} ${publicBlob.toString("base64")}`,
  };
}

/** SSH's `uint32`. */
function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** SSH's `string`: length, then bytes. */
function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}

/** To a multiple of eight, with 1, 2, 3, … */
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from(Array.from({ length: (8 - (bytes.length % 8)) % 8 }, (_, index) => index + 1))]);
