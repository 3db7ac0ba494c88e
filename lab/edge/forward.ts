/** One request to the origin and back, streamed both ways. */
import { request as httpRequest, type ClientRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { EdgeError, fromNodeError } from "./errors.ts";
import { towardsOrigin, towardsVisitor, type Visit } from "./headers.ts";
import type { OriginAgent, OriginRequest } from "./origin.ts";
import type { Route } from "./route.ts";

export interface Agents {
  kept: OriginAgent;
  /** One connection, one request: for retries and upgrades. */
  fresh: OriginAgent;
}

const safe = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
const idempotent = new Set([...safe, "PUT", "DELETE"]);
// Only while no connection stood was nothing sent, so that another address may be tried whatever the method.
const notConnected = new Set([521, 522, 523]);

/** Resolves when the origin's headers are on their way to the visitor; throws EdgeError before that. */
export async function forward(
  route: Route, request: IncomingMessage, response: ServerResponse, visit: Visit, agents: Agents, answerTimeoutMs: number,
): Promise<void> {
  const hasBody = request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
  const answer = await ask(route, request, response, visit, agents, hasBody, answerTimeoutMs);
  response.writeHead(answer.statusCode!, answer.statusMessage, towardsVisitor(answer, visit.ray));
  response.flushHeaders();
  // Either side gone takes the other with it; the visitor sees a broken body, not a short one that looks whole.
  pipeline(answer, response, () => {});
}

async function ask(
  route: Route, request: IncomingMessage, response: ServerResponse, visit: Visit, agents: Agents, hasBody: boolean, answerTimeoutMs: number,
): Promise<IncomingMessage> {
  const left = shuffled(route.origins);
  let agent = agents.kept;
  for (;;) {
    const sent = httpRequest({ ...originRequest(route, left[0]!, visit), method: request.method, path: request.url, headers: towardsOrigin(request, visit), agent } as OriginRequest);
    try {
      return await send(sent, request, response, hasBody, answerTimeoutMs);
    } catch (error) {
      const fault = error as EdgeError;
      const wasStale = fault.status === 520 && sent.reusedSocket && idempotent.has(request.method!) && !hasBody;
      if (wasStale && agent === agents.kept) agent = agents.fresh;
      else if (notConnected.has(fault.status) && left.length > 1) left.shift();
      else throw fault;
    }
  }
}

/** How to reach an origin: the visitor's own scheme, unless the zone's mode says otherwise. */
export function originRequest(route: Route, host: string, { scheme }: Visit): Pick<OriginRequest, "host" | "port" | "servername" | "tls"> {
  const isPlain = scheme === "http" || route.ssl === "flexible" || route.ssl === "off";
  if (isPlain) return { host, port: ports.http, servername: route.host, tls: "none" };
  return { host, port: ports.https, servername: route.host, tls: route.ssl === "strict" ? "checked" : "unchecked" };
}

/** Where origins listen; tests without root put theirs elsewhere. */
export const ports = { http: 80, https: 443 };

function send(sent: ClientRequest, request: IncomingMessage, response: ServerResponse, hasBody: boolean, answerTimeoutMs: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let isConnected = false;
    // The body is touched only once a connection stands, so that another address can still have all of it.
    sent.once("socket", () => {
      isConnected = true;
      if (hasBody) request.pipe(sent);
    });
    sent.setTimeout(answerTimeoutMs, () => sent.destroy(new EdgeError(524, 524, "the origin took the request and did not answer in time")));
    sent.once("response", (answer) => {
      sent.setTimeout(0);
      resolve(answer);
    });
    sent.on("error", (error) => reject(fromNodeError(error, isConnected)));
    response.once("close", () => sent.destroy());
    if (!hasBody) sent.end();
  });
}

function shuffled(addresses: string[]): string[] {
  return addresses.map((address) => ({ address, rank: Math.random() })).sort((a, b) => a.rank - b.rank).map(({ address }) => address);
}
