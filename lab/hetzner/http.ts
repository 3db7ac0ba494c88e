/** Puts routes on fastify: token, rate limit, faults, error envelope, headers. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Fault } from "../faults/faults.ts";
import type { Cloud } from "./cloud.ts";
import { ApiError, codeOf, envelope } from "./errors.ts";
import { rateLimit } from "./rate-limit.ts";
import type { Answer, Call, Route } from "./routes.ts";

const base = "/v1";
const methods = ["GET", "POST", "PUT", "DELETE", "PATCH"];

export function serveRoutes(app: FastifyInstance, cloud: Cloud, routes: Route[], options: { token: string; requestsPerHour: number }): void {
  const limit = rateLimit(options.requestsPerHour);
  // Clients send JSON's content type with empty bodies too; what is not JSON is told so in Hetzner's words.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_, body, done) => {
    try {
      done(null, body === "" ? undefined : JSON.parse(String(body)));
    } catch {
      done(new ApiError("json_error", "invalid JSON in request"));
    }
  });

  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-correlation-id", randomBytes(8).toString("hex"));
    // An unknown path is told so even without a token.
    if (request.is404) return;
    checkToken(request.headers.authorization, options.token);
    const granted = limit.take();
    reply.headers(limit.headers());
    if (!granted) throw new ApiError("rate_limit_exceeded", `limit of ${options.requestsPerHour} requests per hour reached`);
  });
  app.setNotFoundHandler((_, reply) => sendError(reply, new ApiError("not_found", "api route not found")));
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ApiError) return sendError(reply, error);
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status < 500) return sendError(reply, new ApiError("invalid_input", (error as Error).message, { fields: [] }));
    cloud.lab.log(`hetzner: ${request.method} ${request.url}: ${(error as Error).stack}`);
    return sendError(reply, new ApiError("server_error", "internal error of the lab; its log says more"));
  });

  for (const route of routes) {
    app.route({ method: route.method, url: base + route.path, handler: (request, reply) => answer(cloud, route, request, reply) });
  }
  const paths = new Map<string, string[]>();
  for (const { path, method } of routes) paths.set(path, [...(paths.get(path) ?? []), method]);
  for (const [path, known] of paths) {
    const others = methods.filter((method) => !known.includes(method));
    app.route({ method: others, url: base + path, handler: (request, reply) => sendError(reply, new ApiError("method_not_allowed", `${request.method} is not allowed here`)) });
  }
}

async function answer(cloud: Cloud, route: Route, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fault = cloud.faults.takeFault("hetzner", request.method, request.url);
  if (fault?.delayMs) await sleep(fault.delayMs);
  if (fault?.status) return sendError(reply, staged(fault, fault.status));
  const call = callOf(request);
  await route.prepare?.(call);
  const result: Answer = cloud.store.transaction(() => route.handle(call));
  if (fault?.loseAnswer) {
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  }
  reply.code(result.status).headers(result.headers ?? {});
  return result.body ? reply.type("application/json").send(JSON.stringify(result.body)) : reply.send();
}

function callOf(request: FastifyRequest): Call {
  const [path = "", query = ""] = request.url.split("?");
  const { id = "0", action_id: actionId = "0" } = request.params as { id?: string; action_id?: string };
  return { id: idOf(id), actionId: idOf(actionId), query: new URLSearchParams(query), body: request.body, address: `http://${request.host}${path}` };
}

function idOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new ApiError("not_found", `resource with ID '${text}' not found`);
  return Number(text);
}

const staged = (fault: Fault, status: number) => new ApiError(fault.code ?? codeOf(status), fault.message ?? "staged by a fault of the lab", null, status);

function sendError(reply: FastifyReply, error: ApiError): FastifyReply {
  return reply.code(error.status).type("application/json").send(JSON.stringify(envelope(error)));
}

function checkToken(header: string | undefined, token: string): void {
  const given = /^Bearer (.+)$/i.exec(header ?? "")?.[1];
  if (!given) throw new ApiError("unauthorized", "token is required");
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) throw new ApiError("unauthorized", "the token you have provided is invalid");
}
