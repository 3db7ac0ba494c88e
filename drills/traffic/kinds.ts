/** What customers do all day, each as a loop that goes on until the line is closed. */
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, type Line } from "./ask.ts";
import { steadily } from "./steadily.ts";
import { holdEvents, holdSocket } from "./streams.ts";
import type { Target } from "./road.ts";

const rest = (line: Line, milliseconds: number): Promise<unknown> => sleep(Math.max(0, milliseconds), undefined, { signal: line.signal }).catch(() => {});

/** Short requests. `rate` per second and customer. */
export const short = (line: Line, targets: readonly Target[], rate: number): Promise<void> => steadily(rate * targets.length, line.signal, (turn) =>
  ask(line, targets[turn % targets.length]!, { path: turn % 2 === 0 ? "/" : "/version" }));

/** A report that takes `seconds`, one after the other. */
export async function slow(line: Line, target: Target, seconds: number): Promise<void> {
  while (!line.signal.aborted) {
    await ask(line, target, { path: `/api/reports/slow?seconds=${seconds}`, patience: (seconds + 30) * 1000 });
    await rest(line, 200);
  }
}

/** A file of `megabytes` that takes `seconds` to arrive, and is removed again. */
export async function upload(line: Line, target: Target, megabytes: number, seconds: number): Promise<void> {
  const pieces = Math.max(1, Math.round(seconds * 10));
  const piece = randomBytes(Math.round((megabytes * 1e6) / pieces));
  async function* body(): AsyncGenerator<Buffer> {
    for (let sent = 0; sent < pieces; sent += 1) {
      yield piece;
      await sleep((seconds * 1000) / pieces);
    }
  }
  const headers = { "content-type": "application/octet-stream", "content-length": String(piece.length * pieces) };
  while (!line.signal.aborted) {
    const stored = await ask(line, target, { method: "POST", path: "/api/uploads?name=slow.bin", body: Readable.from(body()), headers, patience: (seconds + 30) * 1000 });
    const { id, sizeBytes } = stored ? JSON.parse(stored) as { id: string; sizeBytes: number } : {};
    if (id !== undefined && sizeBytes !== piece.length * pieces) line.tally.fail(target.slug, `POST /api/uploads: stored ${sizeBytes} of ${piece.length * pieces} bytes`);
    if (id !== undefined) await ask(line, target, { method: "DELETE", path: `/api/uploads/${id}` });
    await rest(line, 200);
  }
}

/** Both kinds of stream, and changes every few seconds of which each must hear exactly once. */
export async function streams(line: Line, target: Target): Promise<void> {
  const readers = [holdEvents(line, target), holdSocket(line, target)];
  const made: string[] = [];
  await Promise.all(readers.map(({ begun }) => begun));
  while (!line.signal.aborted) {
    const ticket = await ask(line, target, { method: "POST", path: "/api/tickets", headers: { "content-type": "application/json" }, body: JSON.stringify({ subject: "heard?" }) });
    if (ticket) made.push(`/api/tickets/${(JSON.parse(ticket) as { id: string }).id}`);
    await rest(line, 4000);
  }
  // The last change may still be on its way to a reader that was just told to come again.
  for (let patience = 0; patience < 50 && readers.some(({ heard }) => made.some((path) => !heard.has(path))); patience += 1) await sleep(100);
  for (const { name, heard, close } of readers) {
    close();
    for (const path of made.filter((one) => !heard.has(one))) line.tally.fail(target.slug, `${name}: was not told of ${path}`);
  }
}
