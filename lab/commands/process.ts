/** The lab's detached process: is it there, start it, wait for it. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { control, type Status } from "../control/client.ts";
import type { Identity } from "../control/identity.ts";
import { LabError } from "./errors.ts";

const program = join(import.meta.dirname, "../main.ts");
const largestLog = 10_000_000;

export const logPath = (directory: string): string => join(directory, "log", "lab.log");

/** Whether the process of lab.json lives and is a lab, not some other program that got its number since. */
export function isAlive(directory: string, pid: number | undefined): boolean {
  if (!pid) return false;
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return words.some((word) => word.endsWith("lab/main.ts")) && words.includes(directory);
  } catch {
    return false;
  }
}

/** Starts the process and waits until it answers; throws with the end of its log when it ends before. */
export async function startProcess(directory: string, identity: Identity): Promise<Status> {
  const log = openLog(directory);
  const child = spawn(process.execPath, [program, directory], { detached: true, stdio: ["ignore", log, log], cwd: "/" });
  closeSync(log);
  child.unref();
  let ended: string | undefined;
  child.once("exit", (code, signal) => (ended = signal ? `by ${signal}` : `with code ${code}`));
  child.once("error", (error) => (ended = error.message));
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(50)) {
    if (ended) throw new LabError(`The lab's process ended ${ended} before it was ready. The end of ${logPath(directory)}:\n${logTail(directory, 15)}`);
    const status = await control<Status>(directory, identity, "GET", "/status");
    if (status) return status;
  }
  throw new LabError(`The lab's process (${child.pid}) was not ready within 120 s. The end of ${logPath(directory)}:\n${logTail(directory, 15)}`);
}

/** Waits for the process to end; kills it when it does not within `seconds`. */
export async function endProcess(directory: string, pid: number, seconds: number): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(50)) if (!isAlive(directory, pid)) return;
  if (isAlive(directory, pid)) process.kill(pid, "SIGKILL");
}

export function logTail(directory: string, lines: number): string {
  return readFileSync(logPath(directory), "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

// One old log is kept, so that a lab used for months does not fill the disk.
function openLog(directory: string): number {
  const path = logPath(directory);
  mkdirSync(join(directory, "log"), { recursive: true });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(path, `${path}.1`);
  return openSync(path, "a");
}
