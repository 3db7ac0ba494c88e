/** Everything under /api: for tenants only, and counted against their tier. */
import type { FastifyInstance } from "fastify";
import { Refusal } from "../errors.ts";
import { tellChanges } from "../events/tell.ts";
import { jobRoutes } from "../jobs/routes.ts";
import { orderRoutes } from "../resources/orders.ts";
import { exportRoutes } from "../resources/orders-export.ts";
import { reportRoutes } from "../resources/reports.ts";
import { ticketRoutes } from "../resources/tickets.ts";
import { uploadRoutes } from "../resources/uploads.ts";
import { usageRoutes } from "../resources/usage.ts";
import { userRoutes } from "../resources/users.ts";
import type { Services } from "./services.ts";
import { tenantOf } from "./tenant.ts";

export async function api(app: FastifyInstance, services: Services): Promise<void> {
  app.addHook("onRequest", async (request, reply) => {
    const organisation = tenantOf(request);
    const limit = organisation.limitApiCallsPerHour;
    const allowance = await services.calls.take(organisation.slug, limit ?? Infinity);
    if (limit === null || !allowance) return;
    reply.headers({ "ratelimit-limit": limit, "ratelimit-remaining": allowance.remaining, "ratelimit-reset": allowance.resetSeconds });
    if (!allowance.exceeded) return;
    throw new Refusal(429, "api_call_limit", `${organisation.name} has made the ${limit} API calls an hour that its tier allows. The next hour begins in ${allowance.resetSeconds} s.`,
      { headers: { "retry-after": String(allowance.resetSeconds) } });
  });
  tellChanges(app, services);
  for (const routes of [userRoutes, orderRoutes, exportRoutes, ticketRoutes, usageRoutes, reportRoutes, jobRoutes]) routes(app, services);
  await app.register(async (scope) => uploadRoutes(scope, services));
}
