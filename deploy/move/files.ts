/** A customer's files on their way to another host: passes of rsync through the link's key, compared by checksum afterwards. */
import type { Command } from "../host/command.ts";
import { compareFiles, copyFiles, parseCopied, parseSums, type Pass } from "../host/files.ts";
import { mustRun } from "../remote/runner.ts";
import type { LinkedHost } from "./link.ts";

export interface FilesToMove {
  slug: string;
  /** Below the uploads folder, as the app's `describe` names them. */
  folders: readonly string[];
  source: LinkedHost;
  target: LinkedHost;
}

/** A pass that carried no more than this leaves little for the hold. */
const LITTLE = { files: 20, bytes: 10_000_000 };
const MOST_PASSES = 10;
const PASS_TIMEOUT = 24 * 3600 * 1000;

export interface Copied { passes: readonly Pass[]; /** Whether the last pass carried little. */ calm: boolean }

/** Passes until one carries little. `limitKilobytes`: a second, so that customers on both hosts keep their share; 0: none. */
export async function copyUntilCalm(move: FilesToMove, { limitKilobytes = 0, told = () => {} }: { limitKilobytes?: number; told?: (pass: Pass) => void } = {}): Promise<Copied> {
  const passes: Pass[] = [];
  while (passes.length < MOST_PASSES) {
    const pass = await copyOnce(move, limitKilobytes);
    passes.push(pass);
    told(pass);
    if (pass.files <= LITTLE.files && pass.bytes <= LITTLE.bytes) return { passes, calm: true };
  }
  return { passes, calm: false };
}

async function copyOnce({ slug, folders, source, target }: FilesToMove, limitKilobytes: number): Promise<Pass> {
  const command: Command = copyFiles({ slug, folders, from: source.outputs.dataPath, to: target.outputs.dataPath, peer: peerOf(target), limitKilobytes });
  return parseCopied(await mustRun(source.runner, "copying files", command, { timeout: PASS_TIMEOUT, assume: "0 0 0 0.1\n" }));
}

const peerOf = ({ outputs: { host, user, privateAddress } }: LinkedHost): { host: string; user: string; address: string } => ({ host, user, address: privateAddress });

export interface FileDifference { path: string; /** What is wrong on the target. */ fault: "missing" | "different" | "surplus" }
export interface FilesCompared { files: number; bytes: number; differing: readonly FileDifference[] }

/** SHA-256 of every file on both hosts. Files that change meanwhile show as different: ask again, or within the hold (the flip does). */
export async function compareAll({ folders, source, target }: FilesToMove): Promise<FilesCompared> {
  const read = async ({ runner, outputs }: LinkedHost) =>
    parseSums(await mustRun(runner, "reading files", compareFiles(outputs.dataPath, folders), { timeout: PASS_TIMEOUT, assume: "" }));
  const [here, there] = await Promise.all([read(source), read(target)]);
  const differing: FileDifference[] = [];
  for (const [path, { sum }] of here) {
    const other = there.get(path);
    if (other?.sum !== sum) differing.push({ path, fault: other ? "different" : "missing" });
  }
  for (const path of there.keys()) if (!here.has(path)) differing.push({ path, fault: "surplus" });
  return { files: here.size, bytes: [...here.values()].reduce((sum, { bytes }) => sum + bytes, 0), differing };
}

/** Those that differed the last time, too; `before` null: there was none. Pure. */
export function stillDiffering(before: readonly FileDifference[] | null, now: readonly FileDifference[]): readonly FileDifference[] {
  if (before === null) return now;
  const known = new Set(before.map(({ path }) => path));
  return now.filter(({ path }) => known.has(path));
}
