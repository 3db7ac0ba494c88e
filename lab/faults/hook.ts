/** Makes the faults of the lab happen in a fastify server. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Api, Fault, Faults } from "./faults.ts";

/** How an API words an error: the body for `status`, with the fault's own code and message where given. */
export type Envelope = (status: number, code: string | undefined, message: string) => unknown;

/** Registers the hooks; call it before the routes, so that a fault comes before authentication and rate limits. */
export function installFaults(server: FastifyInstance, faults: Faults, api: Api, envelope: Envelope): void {
  const losing = new WeakSet<FastifyRequest>();

  server.addHook("onRequest", async (request, reply) => {
    const fault = faults.takeFault(api, request.method, request.url);
    if (!fault) return;
    if (fault.delayMs) await sleep(fault.delayMs);
    if (fault.loseAnswer) losing.add(request);
    if (fault.status === undefined) return;
    if (fault.retryAfterMs !== undefined) reply.header("retry-after-ms", fault.retryAfterMs);
    if (fault.noRetry) reply.header("x-should-retry", "false");
    reply.header("content-type", "application/json; charset=utf-8");
    return reply.code(fault.status).send(envelope(fault.status, fault.code, fault.message ?? describe(fault)));
  });

  // The handler has done its work by now: what it wrote stays, only the answer is lost.
  server.addHook("onSend", async (request, reply, payload) => {
    if (!losing.has(request)) return payload;
    reply.hijack();
    reply.raw.destroy();
    return payload;
  });
}

function describe(fault: Fault): string {
  return `the lab was told to answer ${fault.status} here (bin/lab fault list)`;
}
