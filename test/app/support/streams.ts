/** Readers of a tenant's events, as a browser's EventSource and WebSocket are: they hold on, collect, and say how it ended. */
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { open } from "./ask.ts";

/** The client of the package that the app has for its server: Node's own cannot be sent to a host of our choice. */
const { WebSocket } = createRequire(join(import.meta.dirname, "../../../app/package.json"))("ws") as {
  WebSocket: new (url: string, options: { headers: Record<string, string> }) => NodeJS.EventEmitter & { close(): void };
};

export interface Told { id?: string; event?: string; retry?: number; data?: any }
export interface Reader<Ended> { events: Told[]; ended: Promise<Ended>; stop(): void }

/** Reads /events. `ended` resolves when the app ends the stream, and rejects when it is cut. */
export async function readEvents(port: number, host: string, headers: Record<string, string> = {}): Promise<Reader<void>> {
  const answer = await open(port, host, "/events", { headers });
  if (answer.headers["content-type"] !== "text/event-stream") throw new Error(`answered ${answer.statusCode}`);
  const events: Told[] = [];
  let rest = "";
  answer.setEncoding("utf8").on("data", (chunk: string) => {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const { data, retry, ...others } = Object.fromEntries(block.split("\n").filter((line) => !line.startsWith(":")).map((line) => line.split(/: (.*)/s, 2)));
      events.push({ ...others, ...(data && { data: JSON.parse(data) }), ...(retry && { retry: Number(retry) }) });
    }
  });
  return { events, ended: once(answer, "end").then(() => {}), stop: () => answer.destroy() };
}

/** Reads /events/socket. `ended`: code and reason of the end. */
export async function readSocket(port: number, host: string, { after, headers = {} }: { after?: string; headers?: Record<string, string> } = {}): Promise<Reader<[code: number, reason: string]>> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/events/socket${after ? `?after=${after}` : ""}`, { headers: { host, ...headers } });
  const events: Told[] = [];
  socket.on("message", (message: Buffer) => events.push(JSON.parse(message.toString())));
  const ended = new Promise<[number, string]>((resolve) => socket.once("close", (code, reason) => resolve([code, String(reason)])));
  await once(socket, "open");
  return { events, ended, stop: () => socket.close() };
}
