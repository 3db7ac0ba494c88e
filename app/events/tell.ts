import type { FastifyInstance } from "fastify";
import type { Services } from "../http/services.ts";

const changes: Record<string, string> = { POST: "created", PATCH: "changed", DELETE: "removed" };

/** Tells the tenant's readers of every change made through the routes of `app`: what and where, never its content. */
export function tellChanges(app: FastifyInstance, { events }: Services): void {
  app.addHook("onResponse", async (request, reply) => {
    const change = changes[request.method];
    if (!change || !request.tenant || reply.statusCode >= 300) return;
    const path = reply.getHeader("location") ?? request.url.replace(/\?.*/s, "");
    void events.publish(request.tenant.slug, { change, path });
  });
}
