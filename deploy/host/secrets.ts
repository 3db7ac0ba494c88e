/** Files that a host needs and that must not be in an argument, an image or a log: database and redis URLs, TLS. */
import { createHash } from "node:crypto";
import { type Command, root, script } from "./command.ts";
import { APP_USER, CERTIFICATE, CERTIFICATE_KEY, SECRETS } from "./paths.ts";

export interface HostFile { path: string; content: string }

/** What has to be on a host, from its stack's outputs. */
export function hostFiles(outputs: { databaseUrl: string; redisUrl: string; certificate: string; certificateKey: string }): HostFile[] {
  return [
    { path: `${SECRETS}/database-url`, content: outputs.databaseUrl },
    { path: `${SECRETS}/redis-url`, content: outputs.redisUrl },
    { path: CERTIFICATE, content: outputs.certificate },
    { path: CERTIFICATE_KEY, content: outputs.certificateKey },
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

export const differing = (wanted: readonly HostFile[], present: ReadonlyMap<string, string>): HostFile[] =>
  wanted.filter(({ path, content }) => present.get(path) !== sha256(content));

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
