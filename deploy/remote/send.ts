/** Brings a file from here to a host: in pieces, so that none of it has to fit into memory, and checked as a whole. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { Interrupted, UserError } from "../errors.ts";
import { appendPiece, sizeAndSum } from "../host/received.ts";
import { mustRun, type Runner } from "./runner.ts";

const PIECE = 4 * 2 ** 20;

export interface SendOptions {
  /** Path here. */
  from: string;
  /** Path on the host; readable by root only. */
  to: string;
  signal: AbortSignal;
  progress?(sent: number, bytes: number): void;
}

/** Resolves with how much it was. @throws UserError when the file can't be read here, or did not arrive as it is. */
export async function sendFile(runner: Runner, { from, to, signal, progress }: SendOptions): Promise<number> {
  const file = await open(from, "r").catch((error: NodeJS.ErrnoException) => { throw new UserError(`${from} can't be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}`); });
  try {
    const { size } = await file.stat();
    const piece = Buffer.alloc(PIECE);
    for (let at = 0; at < size || at === 0;) {
      if (signal.aborted) throw new Interrupted(signal.reason);
      const { bytesRead } = await file.read(piece, 0, PIECE, at);
      await mustRun(runner, "sending a file", appendPiece(to, at), { stdin: piece.subarray(0, bytesRead).toString("base64"), timeout: 600_000 });
      at += bytesRead;
      progress?.(at, size);
      if (bytesRead === 0) break;
    }
    const hash = createHash("sha256");
    await pipeline(createReadStream(from), hash);
    const arrived = (await mustRun(runner, "checking what was sent", sizeAndSum(to), { timeout: 3600_000 })).trim();
    if (arrived !== `${size} ${hash.digest("hex")}`) throw new UserError(`${from} did not arrive on ${runner.host} as it is`, { hint: "run it again" });
    return size;
  } finally {
    await file.close();
  }
}
