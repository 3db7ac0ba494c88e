/** Headers on the way in and on the way out. Pairs, as Node's `rawHeaders` has them: order, case and repeats survive. */
import type { IncomingMessage } from "node:http";

// RFC 9110 §7.6.1, and what only the edge may say.
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"]);
const ours = new Set(["cf-connecting-ip", "cf-ray", "cf-visitor", "cf-ipcountry", "cdn-loop", "x-forwarded-for", "x-forwarded-proto", "expect"]);

export interface Visit {
  scheme: "http" | "https";
  ray: string;
}

/** What the origin gets: the visitor's headers, Host included, and Cloudflare's own. */
export function towardsOrigin(request: IncomingMessage, { scheme, ray }: Visit): string[] {
  const client = request.socket.remoteAddress ?? "";
  const drop = listed(request.headers.connection);
  const kept = pairs(request.rawHeaders).filter(([name]) => !hopByHop.has(name.toLowerCase()) && !ours.has(name.toLowerCase()) && !drop.has(name.toLowerCase()));
  const before = request.headers["x-forwarded-for"];
  return [
    ...kept.flat(),
    ...["CF-Connecting-IP", client],
    ...["CF-IPCountry", "XX"],
    ...["CF-Ray", ray],
    ...["CF-Visitor", JSON.stringify({ scheme })],
    ...["CDN-Loop", "cloudflare; loops=1"],
    ...["X-Forwarded-For", before ? `${before}, ${client}` : client],
    ...["X-Forwarded-Proto", scheme],
    // A body of unknown length stays one.
    ...(request.headers["transfer-encoding"] ? ["Transfer-Encoding", "chunked"] : []),
  ];
}

/** What the visitor gets. */
export function towardsVisitor(response: IncomingMessage, ray: string): string[] {
  const drop = listed(response.headers.connection);
  const kept = pairs(response.rawHeaders).filter(([name]) => {
    const plain = name.toLowerCase();
    return !hopByHop.has(plain) && !drop.has(plain) && plain !== "server" && plain !== "cf-ray";
  });
  const status = response.headers["cf-cache-status"] ? [] : ["CF-Cache-Status", "DYNAMIC"];
  return [...kept.flat(), "Server", "cloudflare", "CF-RAY", ray, ...status];
}

function listed(connection: string | undefined): Set<string> {
  return new Set((connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
}

function pairs(raw: string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[index * 2]!, raw[index * 2 + 1]!]);
}
