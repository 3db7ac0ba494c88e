/** The edge of a lab with one zone, a visitor in front of it, and origins started by each test. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll } from "vitest";
import { rootAuthority, rootCertificatePath } from "../../../lab/ca.ts";
import type { Cloudflare } from "../../../lab/cloudflare/server.ts";
import { ports } from "../../../lab/edge/forward.ts";
import { startEdge } from "../../../lab/edge/server.ts";
import { cloudflareWithClient, freePort, temporaryLab, type ApiAndClient, type TemporaryLab } from "../temporary-lab.ts";
import { byOriginCa, close, origin, type Pem } from "./origin.ts";

/** The name that visits go to unless they say otherwise. */
export const host = "shop.example.com";
/** Where the zone's wildcard points: origins listen here. */
export const address = "127.77.251.9";

export interface Visit {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  name?: string;
  agent?: Agent;
  plain?: boolean;
}

export interface Site {
  lab: TemporaryLab;
  /** Ports of the edge, known from the first test on. */
  edge: { httpPort: number; httpsPort: number };
  store(): Cloudflare["store"];
  /** Adds a DNS record; an A record unless `body` says otherwise. */
  record(body: object): Promise<unknown>;
  /** Changes a setting of the zone until the end of the test. */
  set(setting: string, value: string): Promise<unknown>;
  /** Starts the origin for this test; without `pem` with a good certificate. */
  serve(handler: RequestListener, pem?: Pem | "plain"): Promise<Server>;
  /** Starts an origin that speaks whatever it likes. */
  raw(onConnection: (socket: Socket) => void, port: number): Promise<void>;
  /** A request that is begun, not ended. */
  open(wish?: Visit): ClientRequest;
  visit(wish?: Visit): Promise<{ status: number; headers: IncomingMessage["headers"]; text: string }>;
}

/** Call it once, at the top of a test file: starts everything before its tests and takes it away after them. */
export function openSite(): Site {
  const lab = temporaryLab();
  const edge = { httpPort: 0, httpsPort: 0 };
  const servers: Server[] = [];
  let running: ApiAndClient;
  let door: { close(): Promise<void> };
  let zone: string;

  beforeAll(async () => {
    running = await cloudflareWithClient(lab);
    zone = (await running.client.zones.create({ account: {}, name: "example.com" })).id;
    await record({ name: "*", content: address, proxied: true });
    await record({ name: "unproxied", content: address });
    await record({ name: "astray", type: "CNAME", content: "nowhere.example.org", proxied: true });
    await rootAuthority(lab);
    ports.http = await freePort(address);
    ports.https = await freePort(address);
    edge.httpPort = await freePort(lab.loopback);
    edge.httpsPort = await freePort(lab.loopback);
    door = await startEdge(lab, running.api.store, { ...edge, connectTimeoutMs: 600, answerTimeoutMs: 600 });
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(close));
    await set("ssl", "strict");
    await set("always_use_https", "off");
    await set("min_tls_version", "1.0");
  });
  afterAll(async () => {
    await door.close();
    await running.api.close();
    lab.remove();
  });

  const record = (body: object) => running.ask("POST", `/zones/${zone}/dns_records`, { type: "A", ttl: 1, ...body });
  const set = (setting: string, value: string) => running.ask("PATCH", `/zones/${zone}/settings/${setting}`, { value });

  async function serve(handler: RequestListener, pem?: Pem | "plain") {
    const secure = pem === "plain" ? undefined : (pem ?? (await byOriginCa(lab, ["example.com", "*.example.com"])));
    const server = await origin(address, secure ? ports.https : ports.http, secure, handler);
    servers.push(server);
    return server;
  }

  async function raw(onConnection: (socket: Socket) => void, port: number) {
    const server = createServer(onConnection);
    server.listen(port, address);
    await once(server, "listening");
    servers.push(Object.assign(server, { closeAllConnections() {} }) as unknown as Server);
  }

  function open({ method = "GET", path = "/", headers = {}, name = host, agent, plain = false }: Visit = {}) {
    const common = { host: lab.loopback, method, path, headers: { host: name, ...headers } };
    if (plain) return httpRequest({ ...common, port: edge.httpPort });
    return httpsRequest({ ...common, port: edge.httpsPort, servername: name, ca: readFileSync(rootCertificatePath(lab)), ...(agent ? { agent } : { agent: false }) });
  }

  async function visit(wish: Visit = {}) {
    const sent = open(wish);
    const answered = once(sent, "response") as Promise<[IncomingMessage]>;
    sent.end(wish.body);
    const [answer] = await answered;
    let text = "";
    for await (const chunk of answer.setEncoding("utf8")) text += chunk;
    return { status: answer.statusCode!, headers: answer.headers, text };
  }

  return { lab, edge, store: () => running.api.store, record, set, serve, raw, open, visit };
}
