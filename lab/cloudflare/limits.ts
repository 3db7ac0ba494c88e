/** Who may ask, and how often. */
import { createHash, timingSafeEqual } from "node:crypto";
import { CloudflareError, problem } from "./envelope.ts";

/** Throws what Cloudflare answers to a missing, malformed or wrong token. */
export function checkToken(header: string | undefined, token: string, path: string): void {
  if (header === undefined) throw problem(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
  const given = header.match(/^Bearer ([A-Za-z0-9_-]{40,80})$/)?.[1];
  if (!given)
    throw problem(400, 6003, "Invalid request headers", [{ code: 6111, message: "Invalid format for Authorization header" }]);
  if (timingSafeEqual(digest(given), digest(token))) return;
  if (path.endsWith("/user/tokens/verify")) throw problem(401, 1000, "Invalid API Token");
  throw problem(403, 10000, "Authentication error");
}

export interface RateLimit {
  requests: number;
  seconds: number;
}

/** A counter that throws 429 once more than `requests` came within `seconds`, until the window is over. */
export function rateLimiter(limit: RateLimit, now: () => number = Date.now): () => Record<string, string> {
  let start = 0;
  let count = 0;
  return () => {
    if (now() - start >= limit.seconds * 1000) {
      start = now();
      count = 0;
    }
    count += 1;
    const left = Math.max(0, limit.requests - count);
    const wait = Math.max(1, Math.ceil((start + limit.seconds * 1000 - now()) / 1000));
    const headers = { ratelimit: `"default";r=${left};t=${wait}`, "ratelimit-policy": `"default";q=${limit.requests};w=${limit.seconds}` };
    if (count <= limit.requests) return headers;
    const message = `More than ${limit.requests} requests per ${limit.seconds} seconds reached. Please wait and consider throttling your request speed`;
    throw new CloudflareError(429, [{ code: 971, message }], { ...headers, "retry-after": String(wait) });
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
