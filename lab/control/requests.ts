/** Counts what each API was asked, without the APIs knowing: by the port that a request came in on. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { ports } from "../context.ts";

const names: Record<number, string> = { [ports.hetzner]: "hetzner", [ports.cloudflare]: "cloudflare", [ports.http]: "edge", [ports.https]: "edge" };

/** How the lab's own questions to its APIs name themselves, so that they are not counted. */
export const ownAgent = "etage-lab";

export interface Counter {
  counts(): Record<string, number>;
  /** Starts again from nought. */
  reset(): void;
  stop(): void;
}

export function countRequests(): Counter {
  const counts: Record<string, number> = { hetzner: 0, cloudflare: 0, edge: 0 };
  const count = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    const isOurs = request.headers["user-agent"] === ownAgent;
    const name = isOurs ? undefined : names[request.socket.localPort ?? 0];
    if (name) counts[name] = (counts[name] ?? 0) + 1;
  };
  subscribe("http.server.request.start", count);
  const reset = () => Object.keys(counts).forEach((name) => (counts[name] = 0));
  return { counts: () => ({ ...counts }), reset, stop: () => void unsubscribe("http.server.request.start", count) };
}
