/** Files that a host needs and that must not be in an argument, an image or a log: database and redis URLs, TLS. */
import { createHash } from "node:crypto";
import type { Outputs, Secrets } from "../../model/outputs.ts";
import { type Command, root, script } from "./command.ts";
import { APP_USER, CERTIFICATE, CERTIFICATE_KEY, SECRETS } from "./paths.ts";

export interface HostFile { path: string; content: string }
/** A file by what it must be, without its content. `sha256`: in hex. */
export interface FileSum { path: string; sha256: string }

const DATABASE_URL = `${SECRETS}/database-url`;
const REDIS_URL = `${SECRETS}/redis-url`;

/** What has to be on a host, from what its stack says in the open. */
export function hostFiles({ fingerprints, certificate }: Outputs): FileSum[] {
  return [
    { path: DATABASE_URL, sha256: fingerprints.databaseUrl },
    { path: REDIS_URL, sha256: fingerprints.redisUrl },
    { path: CERTIFICATE, sha256: sha256(certificate) },
    { path: CERTIFICATE_KEY, sha256: fingerprints.certificateKey },
  ];
}

/** The same files with their contents. */
export function fileContents({ certificate }: Outputs, { databaseUrl, redisUrl, certificateKey }: Secrets): HostFile[] {
  return [
    { path: DATABASE_URL, content: databaseUrl },
    { path: REDIS_URL, content: redisUrl },
    { path: CERTIFICATE, content: certificate },
    { path: CERTIFICATE_KEY, content: certificateKey },
  ];
}

/** Checksums of those that are there; compared on our side, so that unchanged ones never travel. */
export const checksums = (paths: readonly string[]): Command => root(script("checksums", `sha256sum -- "$@" 2>/dev/null || true`, ...paths));

export function parseChecksums(stdout: string): Map<string, string> {
  return new Map(stdout.split("\n").flatMap((line) => {
    const [, sum, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    return sum && path ? [[path, sum] as const] : [];
  }));
}

export const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");

export const differing = (wanted: readonly FileSum[], present: ReadonlyMap<string, string>): FileSum[] =>
  wanted.filter(({ path, sha256 }) => present.get(path) !== sha256);

/** `path base64` lines on stdin. Each file is whole or the old one: written beside it, then renamed. */
const WRITE = `
set -eu
umask 077
while read -r path data; do
  printf %s "$data" | base64 -d >"$path.new"
  chown "root:$1" "$path.new"
  chmod 0440 "$path.new"
  mv "$path.new" "$path"
done
`;
export const writeFiles = (): Command => root(script("write-files", WRITE, APP_USER));
export const filesInput = (files: readonly HostFile[]): string =>
  files.map(({ path, content }) => `${path} ${Buffer.from(content).toString("base64")}\n`).join("");
