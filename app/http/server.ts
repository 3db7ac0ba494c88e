import cookie from "@fastify/cookie";
import websocket from "@fastify/websocket";
import { fastify, LogController, type FastifyInstance, type FastifyReply } from "fastify";
import { accessRoutes } from "../access/routes.ts";
import { eventRoutes } from "../events/routes.ts";
import { limitRequests } from "../limits/hook.ts";
import { platformRoutes } from "../platform/routes.ts";
import { api } from "./api.ts";
import { answerErrors } from "./errors.ts";
import { healthRoutes } from "./health.ts";
import { homeRoutes } from "./home.ts";
import type { Services } from "./services.ts";
import { resolveTenants } from "./tenant.ts";

/** The app's HTTP server, not yet listening. */
export async function buildServer(services: Services, logger: FastifyInstance["log"]): Promise<FastifyInstance> {
  const { RELEASE } = services.settings;
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    // One line a request, below; bodies and query strings never reach the log.
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: "x-request-id",
    // Longer than the proxy keeps an idle connection (Go: 90 s), so that it never reuses one we are about to close.
    keepAliveTimeout: 95_000,
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      void reply.code(400).header("x-release", RELEASE).send({ error: { code: "bad_request", message: error.message } });
    },
  });

  // Before every hook and route of ours: it also closes the connections of those who may not have a WebSocket, or ask for one where there is none.
  await app.register(websocket, { options: { maxPayload: 4096 } });
  await app.register(cookie);

  app.addHook("onRequest", async (request, reply) => {
    if (request.ws) reply.header("connection", "close");
    reply.header("x-release", RELEASE).header("x-content-type-options", "nosniff");
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method, tenant, routeOptions } = request;
    request.log.info({ tenant: tenant?.slug, method, route: routeOptions.url, status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime) }, "request");
  });
  for (const watching of [services.drain, services.meter, services.metrics]) watching.watch(app);
  resolveTenants(app, services);
  limitRequests(app, services);
  answerErrors(app);
  for (const routes of [healthRoutes, homeRoutes, eventRoutes, platformRoutes]) routes(app, services);
  await app.register(async (scope) => accessRoutes(scope, services));
  await app.register(async (scope) => api(scope, services), { prefix: "/api" });
  return app;
}
