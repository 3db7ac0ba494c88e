/** WebSocket: the handshake goes to the origin like any request, then both ends are tied together. */
import { request as httpRequest, STATUS_CODES, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { errorText, fromNodeError, type EdgeError } from "./errors.ts";
import { originRequest, type Agents } from "./forward.ts";
import { towardsOrigin, towardsVisitor, type Visit } from "./headers.ts";
import type { OriginRequest } from "./origin.ts";
import type { Route } from "./route.ts";

export function forwardUpgrade(route: Route, request: IncomingMessage, client: Duplex, head: Buffer, visit: Visit, agents: Agents): void {
  const headers = [...towardsOrigin(request, visit), "Connection", "Upgrade", "Upgrade", request.headers.upgrade ?? "websocket"];
  const target = originRequest(route, route.origins[0]!, visit);
  const sent = httpRequest({ ...target, method: request.method, path: request.url, headers, agent: agents.fresh } as OriginRequest);
  let isConnected = false;
  sent.once("socket", () => (isConnected = true));
  sent.once("upgrade", (answer, origin, originHead) => {
    client.write(responseHead(answer, [...towardsVisitor(answer, visit.ray), "Connection", "Upgrade", "Upgrade", answer.headers.upgrade ?? "websocket"]));
    if (originHead.length > 0) client.write(originHead);
    if (head.length > 0) origin.write(head);
    tie(client, origin);
  });
  // The origin declined: its answer goes to the visitor and the connection ends with it.
  sent.once("response", (answer) => {
    client.write(responseHead(answer, [...towardsVisitor(answer, visit.ray), "Connection", "close"]));
    answer.pipe(client);
  });
  sent.once("error", (error) => refuseUpgrade(client, fromNodeError(error, isConnected)));
  client.once("close", () => sent.destroy());
  sent.end();
}

/** Answers an upgrade that cannot be served. */
export function refuseUpgrade(client: Duplex, error: EdgeError): void {
  const body = errorText(error);
  client.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? "Error"}\r\nServer: cloudflare\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}

function tie(one: Duplex, other: Duplex): void {
  for (const [from, to] of [[one, other], [other, one]] as const) {
    from.pipe(to);
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
}

function responseHead(answer: IncomingMessage, headers: string[]): string {
  const lines = Array.from({ length: headers.length / 2 }, (_, index) => `${headers[index * 2]}: ${headers[index * 2 + 1]}\r\n`);
  return `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${lines.join("")}\r\n`;
}
