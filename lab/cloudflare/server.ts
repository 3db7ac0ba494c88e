/** Cloudflare API v4 as far as hosting needs it, on fastify. */
import Fastify, { type FastifyInstance } from "fastify";
import { originAuthority } from "../ca.ts";
import type { Lab } from "../context.ts";
import { openFaults } from "../faults/faults.ts";
import { installFaults } from "../faults/hook.ts";
import { certificateRoutes } from "./certificates.ts";
import { CloudflareError, failure, noRoute } from "./envelope.ts";
import { checkToken, rateLimiter, type RateLimit } from "./limits.ts";
import { recordRoutes } from "./records.ts";
import { settingRoutes } from "./settings.ts";
import { newId, openStore, type Store } from "./store.ts";
import { userRoutes } from "./user.ts";
import { zoneRoutes } from "./zones.ts";

export interface Options {
  port: number;
  /** 40 characters. */
  token: string;
  /** Per token; Cloudflare's own is 1200 in 5 minutes. */
  rateLimit?: RateLimit;
}

export interface Cloudflare {
  store: Store;
  close(): Promise<void>;
  /** All resources gone; `keepZones` leaves the zones, empty. */
  reset(options?: { keepZones?: boolean }): void;
}

const basePath = "/client/v4";
// Codes for faults that name none.
const faultCodes: Record<number, number> = { 401: 10000, 403: 10000, 404: 7003, 429: 971, 500: 10001, 502: 10001, 503: 10002, 504: 10002 };

/** Listens on the lab's loopback address. */
export async function startCloudflare(lab: Lab, options: Options): Promise<Cloudflare> {
  const store = openStore(lab.database);
  const server = Fastify({ forceCloseConnections: true, routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 } });
  installFaults(server, openFaults(lab), "cloudflare", (status, code, message) =>
    failure([{ code: Number(code ?? faultCodes[status] ?? 10000), message }]),
  );
  readJsonAlways(server);
  guard(server, options);
  answerErrors(server, lab);
  const authority = await originAuthority(lab);
  const ranges = { ipv4: [`${lab.subnet(2)}/32`], ipv6: ["2001:db8:77::/48"] };
  await server.register(
    async (api) => {
      userRoutes(api, options.token, ranges);
      zoneRoutes(api, store);
      recordRoutes(api, store);
      settingRoutes(api, store);
      certificateRoutes(api, store, authority);
    },
    { prefix: basePath },
  );
  await server.listen({ host: lab.loopback, port: options.port });
  return {
    store,
    close: () => server.close(),
    reset({ keepZones = false } = {}) {
      const zones = keepZones ? store.zones.all() : [];
      store.clear();
      for (const zone of zones) store.zones.put(zone);
    },
  };
}

// Some clients send DELETE with a content type and an empty body, which fastify would refuse.
function readJsonAlways(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    if (body === "") return done(null, undefined);
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      done(new CloudflareError(400, [{ code: 9207, message: "Request body is not valid JSON." }]));
    }
  });
}

function guard(server: FastifyInstance, options: Options): void {
  const count = rateLimiter(options.rateLimit ?? { requests: 1200, seconds: 300 });
  server.addHook("onRequest", async (request, reply) => {
    const path = request.url.split("?")[0]!;
    reply.header("cf-ray", `${newId().slice(0, 16)}-LAB`);
    // Cloudflare publishes its addresses to everybody.
    if (path === `${basePath}/ips`) return;
    checkToken(request.headers.authorization, options.token, path);
    reply.headers(count());
  });
}

function answerErrors(server: FastifyInstance, lab: Lab): void {
  server.setNotFoundHandler((request) => {
    throw noRoute(request.url.split("?")[0]!.replace(basePath, ""));
  });
  server.setErrorHandler(async (error, request, reply) => {
    if (error instanceof CloudflareError) return reply.code(error.status).headers(error.headers).send(failure(error.errors));
    lab.log(`cloudflare: ${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
    return reply.code(500).send(failure([{ code: 10001, message: "Internal error of the lab; see .lab/log/lab.log" }]));
  });
}
