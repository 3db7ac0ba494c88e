/** Leaves without dropping anybody: who is being served is served to the end, streams are told to come again elsewhere. */
import type { FastifyInstance } from "fastify";
import { setTimeout as sleep } from "node:timers/promises";

/** A request that was on its way when the proxy switched may still arrive: leave when none has come for this long. */
const quietMilliseconds = 250;

export interface Drain {
  readonly draining: boolean;
  /** Calls `leave` when the process begins to leave (now, if it already does); returns what takes that back. */
  onLeaving(leave: () => void): () => void;
  /** Waits until no request is in flight, for `seconds` at most; returns how many still are. */
  begin(seconds: number): Promise<number>;
  /** Counts the requests of this server. */
  watch(app: FastifyInstance): void;
}

export function createDrain(): Drain {
  const inFlight = new Set<object>();
  const leavers = new Set<() => void>();
  let draining = false;
  let lastChange = 0;
  let server: FastifyInstance["server"] | undefined;
  return {
    get draining() {
      return draining;
    },
    onLeaving(leave) {
      leavers.add(leave);
      if (draining) leave();
      return () => void leavers.delete(leave);
    },
    async begin(seconds) {
      draining = true;
      for (const leave of [...leavers]) leave();
      const deadline = Date.now() + seconds * 1000;
      lastChange = Date.now();
      while (Date.now() < deadline && (inFlight.size > 0 || Date.now() - lastChange < quietMilliseconds)) {
        // A connection that became idle after its last answer would otherwise stay open for the keep-alive time.
        server?.closeIdleConnections();
        await sleep(25);
      }
      return inFlight.size;
    },
    watch(app) {
      server = app.server;
      app.addHook("onRequest", async (request, reply) => {
        // Health checks go on for as long as the process lives; they must not keep it.
        if (request.routeOptions.config.alone) return;
        const answer = reply.raw;
        inFlight.add(answer);
        lastChange = Date.now();
        answer.once("close", () => {
          inFlight.delete(answer);
          lastChange = Date.now();
        });
      });
      app.addHook("onSend", async (_request, reply) => {
        if (draining) reply.header("connection", "close");
      });
    },
  };
}
