/** Brings a file of a host here: in pieces, so that none of it has to fit into memory, and checked as a whole. */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { Interrupted, UserError } from "../errors.ts";
import { readPiece } from "../host/leave.ts";
import { mustRun, type Runner } from "./runner.ts";

export interface FetchOptions {
  /** Path on the host. */
  from: string;
  /** Path here; made readable by its owner only. */
  to: string;
  bytes: number;
  sha256: string;
  signal: AbortSignal;
  /** How many bytes are here by now. */
  progress?(bytes: number): void;
  /** Of one piece, at most. */
  pieceBytes?: number;
}

const PIECE = 8 * 2 ** 20;

/** Goes on where a killed one ended. What is there under its name is whole. @throws UserError when what came is not what was sent. */
export async function fetchFile(runner: Runner, { from, to, bytes, sha256, signal, progress, pieceBytes = PIECE }: FetchOptions): Promise<void> {
  if (existsSync(to) && statSync(to).size === bytes && await sumOf(to) === sha256) return;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  const part = `${to}.${sha256.slice(0, 12)}.part`;
  const handle = openSync(part, "a", 0o600);
  try {
    let at = statSync(part).size;
    if (at > bytes) {
      truncateSync(part, 0);
      at = 0;
    }
    while (at < bytes) {
      if (signal.aborted) throw new Interrupted(signal.reason);
      const piece = Buffer.from(await mustRun(runner, "reading a file", readPiece(from, at, Math.min(pieceBytes, bytes - at)), { timeout: 600_000 }), "base64");
      if (piece.length === 0) throw new UserError(`${runner.host}: ${from} ended after ${at} of ${bytes} bytes`);
      writeSync(handle, piece);
      at += piece.length;
      progress?.(at);
    }
  } finally {
    closeSync(handle);
  }
  if (await sumOf(part) !== sha256) {
    rmSync(part, { force: true });
    throw new UserError(`${runner.host}: ${from} did not arrive as it was sent`, { hint: "run it again" });
  }
  renameSync(part, to);
}

/** SHA-256 of a file, in hexadecimal. */
export async function sumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
