/** The edge: where proxied names lead. Ends TLS, asks the origin, answers as Cloudflare would. */
import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { originAuthority } from "../ca.ts";
import { isRevoked } from "../cloudflare/certificates.ts";
import { newId, type Store } from "../cloudflare/store.ts";
import type { Lab } from "../context.ts";
import { edgeCertificates } from "./certificates.ts";
import { EdgeError, fromNodeError, sendError } from "./errors.ts";
import { forward, type Agents } from "./forward.ts";
import { OriginAgent } from "./origin.ts";
import { findRoute, type Route } from "./route.ts";
import { forwardUpgrade, refuseUpgrade } from "./upgrade.ts";

export interface EdgeOptions {
  httpPort: number;
  httpsPort: number;
  /** Source address towards origins. */
  localAddress?: string;
  /** Cloudflare gives up connecting after 19 s (522) and waiting for an answer after 120 s (524). */
  connectTimeoutMs?: number;
  answerTimeoutMs?: number;
}

type Scheme = "http" | "https";

// Free plan: 100 MB a request.
const largestBody = 100 * 1024 * 1024;

/** Listens on the lab's loopback address. */
export async function startEdge(lab: Lab, store: Store, options: EdgeOptions): Promise<{ close(): Promise<void> }> {
  const { connectTimeoutMs = 19_000, answerTimeoutMs = 120_000, localAddress } = options;
  const authority = await originAuthority(lab);
  const origin = {
    connectTimeoutMs,
    originCa: authority.pem,
    isRevoked: (serialNumber: string) => isRevoked(store, serialNumber),
    ...(localAddress ? { localAddress } : {}),
  };
  const agents: Agents = { kept: new OriginAgent(origin, { keepAlive: true }), fresh: new OriginAgent(origin, { keepAlive: false }) };
  const contextFor = edgeCertificates(lab);

  const onRequest = (scheme: Scheme) => async (request: IncomingMessage, response: ServerResponse) => {
    const ray = `${newId().slice(0, 16)}-LAB`;
    try {
      const route = routeFor(store, request, scheme);
      if (scheme === "http" && route.alwaysHttps) return redirect(response, `https://${route.host}${request.url}`, ray);
      if (Number(request.headers["content-length"] ?? 0) > largestBody) throw new EdgeError(413, 413, "request body too large: the free plan takes 100 MB");
      await forward(route, request, response, { scheme, ray }, agents, answerTimeoutMs);
    } catch (error) {
      const fault = fromNodeError(error, false);
      lab.log(`edge: ${request.method} ${scheme}://${request.headers.host}${request.url?.split("?")[0]}: ${fault.status}: ${fault.message}`);
      sendError(response, fault, ray);
    }
  };
  const onUpgrade = (scheme: Scheme) => (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on("error", () => client.destroy());
    try {
      const route = routeFor(store, request, scheme);
      if (!route.websockets) throw new EdgeError(403, 403, "WebSockets are switched off for this zone");
      forwardUpgrade(route, request, client, head, { scheme, ray: `${newId().slice(0, 16)}-LAB` }, agents);
    } catch (error) {
      refuseUpgrade(client, fromNodeError(error, false));
    }
  };

  // Uploads may take long; a visitor's idle connection is kept longer than the usual client keeps its own.
  const shared = { requestTimeout: 0, keepAliveTimeout: 75_000 };
  const http = createHttp(shared, onRequest("http"));
  const https = createHttps(
    {
      ...shared,
      ALPNProtocols: ["http/1.1"],
      SNICallback: (name, done) => {
        const host = name.toLowerCase();
        const known = isServed(store, host);
        if (!known) return done(new Error(`no proxied record for ${host}`));
        contextFor(host).then((context) => done(null, context), (error: Error) => done(error));
      },
    },
    onRequest("https"),
  );
  http.on("upgrade", onUpgrade("http"));
  https.on("upgrade", onUpgrade("https"));
  await listen(http, options.httpPort, lab.loopback);
  await listen(https, options.httpsPort, lab.loopback).catch((error: unknown) => {
    http.close();
    throw error;
  });
  return {
    async close() {
      for (const server of [http, https]) server.closeAllConnections();
      for (const agent of [agents.kept, agents.fresh]) agent.destroy();
      await Promise.all([http, https].map((server) => new Promise((done) => server.close(done))));
    },
  };
}

function routeFor(store: Store, request: IncomingMessage, scheme: Scheme): Route {
  const host = (request.headers.host ?? "").toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
  const route = findRoute(store, host);
  if (!route) throw new EdgeError(409, 1001, `no proxied record has the name ${host || "(none given)"}`);
  // The version is only known after the handshake, since the zone is only known from the name in it.
  const version = scheme === "https" ? (request.socket as TLSSocket).getProtocol() : null;
  if (version && version.replace("TLSv", "") < route.minTls) throw new EdgeError(403, 1020, `${route.host} asks for TLS ${route.minTls} or newer`);
  return route;
}

function isServed(store: Store, host: string): boolean {
  try {
    return findRoute(store, host) !== undefined;
  } catch {
    // It is proxied, only its origin has no address: the visitor gets a page that says so.
    return true;
  }
}

function redirect(response: ServerResponse, location: string, ray: string): void {
  response.writeHead(301, { location, server: "cloudflare", "cf-ray": ray, "cache-control": "max-age=3600", "content-length": 0 });
  response.end();
}

async function listen(server: Server, port: number, address: string): Promise<void> {
  server.listen(port, address);
  await once(server, "listening");
}
