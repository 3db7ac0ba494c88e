/** Leaves without dropping anybody: who is being served is served to the end, who comes now is sent elsewhere. */
import type { FastifyInstance } from "fastify";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../errors.ts";

export interface Drain {
  readonly draining: boolean;
  /** Waits until no request is in flight, for `seconds` at most; returns how many still are. */
  begin(seconds: number): Promise<number>;
  /** Counts the requests of this server and refuses new ones once draining. */
  watch(app: FastifyInstance): void;
}

export function createDrain(): Drain {
  const inFlight = new Set<object>();
  let draining = false;
  let server: FastifyInstance["server"] | undefined;
  return {
    get draining() {
      return draining;
    },
    async begin(seconds) {
      draining = true;
      const deadline = Date.now() + seconds * 1000;
      // A connection that became idle after its last answer would otherwise stay open for the keep-alive time.
      for (; inFlight.size > 0 && Date.now() < deadline; await sleep(50)) server?.closeIdleConnections();
      return inFlight.size;
    },
    watch(app) {
      server = app.server;
      app.addHook("onRequest", async (request, reply) => {
        const answer = reply.raw;
        inFlight.add(answer);
        answer.once("close", () => inFlight.delete(answer));
        if (!draining || request.routeOptions.config.open) return;
        throw new Refusal(503, "draining", "This copy of the service is shutting down. Send the request again.", { headers: { "retry-after": "1" } });
      });
      app.addHook("onSend", async (_request, reply) => {
        if (draining) reply.header("connection", "close");
      });
    },
  };
}
