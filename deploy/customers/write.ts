/** Replacing a file as a whole, by one program at a time. */
import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { Interrupted, Refused } from "../errors.ts";

/** Readers see the old text or the new one, whatever happens. The file keeps its mode; a link stays a link. */
export function replaceFile(path: string, text: string): void {
  const target = realpathSync(path);
  const { mode } = statSync(target);
  const fresh = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString("hex")}`);
  try {
    const handle = openSync(fresh, "wx", mode & 0o777);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    chmodSync(fresh, mode & 0o7777); // past the umask
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

const PAUSE = 50;

/**
 * Does the work while no other program does its own under the same lock file. The lock is SQLite's on that file: it is gone
 * with its holder, however that ends. @throws Refused when others hold it for `patience` milliseconds.
 */
export async function exclusively<T>(lockFile: string, signal: AbortSignal, work: () => T | Promise<T>, patience = 10_000): Promise<T> {
  mkdirSync(dirname(lockFile), { recursive: true });
  const lock = new DatabaseSync(lockFile, { timeout: 0 });
  try {
    for (const until = Date.now() + patience; !taken(lock);) {
      if (signal.aborted) throw new Interrupted();
      if (Date.now() > until) throw new Refused("customers.yaml is being edited by another program; nothing was changed", "run it again in a moment");
      await pause(PAUSE);
    }
    return await work();
  } finally {
    lock.close();
  }
}

const BUSY = 5;

function taken(lock: DatabaseSync): boolean {
  try {
    lock.exec("begin exclusive");
    return true;
  } catch (error) {
    if ((((error as { errcode?: number }).errcode ?? 0) & 0xff) === BUSY) return false;
    throw error;
  }
}
