/** Where built things are kept between clones, and how their keys come about. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { execa } from "execa";
import { unmountAndRemove } from "../machines/mounts.ts";

/** The folder shared by all clones of this user; made when absent. */
export function cacheFolder(): string {
  const folder = process.env["ETAGE_CACHE"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "etage");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A new folder for one build; what a killed build left in such folders is swept by the next. */
export async function workFolder(): Promise<string> {
  return await mkdtemp(join(cacheFolder(), workPrefix));
}

/** Removes the work folders of builds that did not end; only while holding the lock. */
export async function sweepWorkFolders(): Promise<void> {
  for (const name of readdirSync(cacheFolder())) if (name.startsWith(workPrefix)) await unmountAndRemove(join(cacheFolder(), name));
}

const workPrefix = "image-build-";

/** Twelve hexadecimal digits that change when a file under `folder` (name, mode or content) or one of `more` does. */
export function keyOf(folder: string, ...more: string[]): string {
  const hash = createHash("sha256");
  for (const path of filesUnder(folder)) {
    hash.update(`${relative(folder, path)}\0${statSync(path).mode & 0o111}\0`).update(readFileSync(path)).update("\0");
  }
  for (const text of more) hash.update(text).update("\0");
  return hash.digest("hex").slice(0, 12);
}

function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs `work` while holding a lock file that no other process can hold; a holder that dies lets go. */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  // flock(1) holds the lock as long as `cat` waits for an input that only this process can end.
  const holder = execa("flock", [join(cacheFolder(), name), "sh", "-c", "echo held; exec cat"], { buffer: false, reject: false });
  await new Promise<void>((resolve) => holder.stdout.once("data", () => resolve()));
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await holder;
  }
}
