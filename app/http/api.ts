/** Everything under /api: for people and programs of a tenant. */
import type { FastifyInstance } from "fastify";
import { tokenRoutes } from "../access/token-routes.ts";
import { tellChanges } from "../events/tell.ts";
import { jobRoutes } from "../jobs/routes.ts";
import { orderRoutes } from "../resources/orders.ts";
import { exportRoutes } from "../resources/orders-export.ts";
import { reportRoutes } from "../resources/reports.ts";
import { ticketRoutes } from "../resources/tickets.ts";
import { uploadRoutes } from "../resources/uploads.ts";
import { passwordRoutes, userRoutes } from "../resources/users.ts";
import { usageRoutes } from "../usage/routes.ts";
import type { Services } from "./services.ts";
import { tenantOf } from "./tenant.ts";

export async function api(app: FastifyInstance, services: Services): Promise<void> {
  // Not at the platform's own address.
  app.addHook("onRequest", async (request) => void tenantOf(request));
  tellChanges(app, services);
  // Each in a scope of its own: hooks and parsers of one are not the others'.
  for (const routes of [userRoutes, passwordRoutes, tokenRoutes, orderRoutes, exportRoutes, ticketRoutes, uploadRoutes, usageRoutes, reportRoutes, jobRoutes]) {
    await app.register(async (scope) => routes(scope, services));
  }
}
