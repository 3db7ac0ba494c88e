/** What a host's backups are in the lab's object store, seen on its disk: found, hurt, and put back as they were. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storageMount } from "../../lab/machines/names.ts";
import { bucket } from "../../lab/storage/bucket.ts";
import type { Site } from "../site/site.ts";

export const things = [
  "base-backup", "manifest", "backup-info", "wal", "wal-info", "pack", "index", "snapshot-of-files", "export", "key", "config",
] as const;
/** A kind of object that a backup is made of. */
export type Thing = (typeof things)[number];

/** What a restore would need first: the newest of its kind, with its copy where there is one. Paths on this machine. */
export function stored({ directory }: Pick<Site, "directory">, host: string, thing: Thing, snapshots: { files: string; export: string }): string[] {
  const place = join(storageMount({ directory: join(directory, ".lab") }), "data", bucket, host);
  const find = (pattern: string): string[] => globSync(join(place, pattern)).sort();
  const some = {
    "base-backup": () => largest(find("postgres/backup/*/*F/bundle/*")),
    manifest: () => find("postgres/backup/*/2*/backup.manifest*").slice(-2),
    "backup-info": () => find("postgres/backup/*/backup.info*"),
    // Neither the last, which is still being written after, nor one from before the newest backup.
    wal: () => find("postgres/archive/*/*/*/*.zst").slice(-3, -2),
    "wal-info": () => find("postgres/archive/*/archive.info*"),
    pack: () => largest(find("files/data/*/*")),
    index: () => find("files/index/*"),
    "snapshot-of-files": () => find(`files/snapshots/${snapshots.files}*`),
    export: () => find(`files/snapshots/${snapshots.export}*`),
    key: () => find("files/keys/*"),
    config: () => find("files/config"),
  }[thing]();
  if (some.length === 0) throw new Error(`the store has no ${thing} of ${host}`);
  return some;
}

const largest = (paths: readonly string[]): string[] => paths.toSorted((a, b) => statSync(b).size - statSync(a).size).slice(0, 1);

export const damages = {
  /** Some bytes in the middle are others. */
  corrupted: (path: string): void => {
    const bytes = readFileSync(path);
    const middle = Math.floor(bytes.length / 2);
    for (let at = middle; at < Math.min(middle + 4, bytes.length); at += 1) bytes[at] = bytes[at]! ^ 0xff;
    writeFileSync(path, bytes);
  },
  truncated: (path: string): void => truncateSync(path, Math.floor(statSync(path).size / 2)),
  missing: (path: string): void => rmSync(path),
  /** As it looks to who has another password: OpenSSL's mark, and nothing that can be read. */
  "other-password": (path: string): void => writeFileSync(path, Buffer.concat([Buffer.from("Salted__"), randomBytes(Math.max(8, statSync(path).size - 8))])),
} as const;
export type Damage = keyof typeof damages;

/** Resolves with what puts the same bytes back; what came into the store meanwhile stays. */
export function damage(paths: readonly string[], how: Damage): () => void {
  const kept = mkdtempSync(join(tmpdir(), "etage-kept-"));
  const copy = (from: string, to: string): void => void execFileSync("cp", ["--archive", from, to]);
  // The server keeps some of what it knows of an object in extended attributes.
  for (const [at, path] of paths.entries()) copy(path, join(kept, String(at)));
  for (const path of paths) damages[how](path);
  return () => {
    for (const [at, path] of paths.entries()) copy(join(kept, String(at)), path);
    rmSync(kept, { recursive: true });
  };
}
