/** One request of a customer, judged as the customer would. */
import type { Readable } from "node:stream";
import { request, type Dispatcher } from "undici";
import type { Target } from "./road.ts";
import type { Tally } from "./tally.ts";

export interface Line { road: Dispatcher; tally: Tally; signal: AbortSignal }

export interface Question {
  path: string;
  method?: "GET" | "POST" | "DELETE";
  body?: string | Readable;
  headers?: Record<string, string>;
  /** Milliseconds until it counts as unanswered. */
  patience?: number;
}

/** A network error, a status of 400 or more, or another tenant's answer is a failure. Resolves with the answer's text, undefined after a failure. */
export async function ask({ road, tally }: Line, { slug, hostname }: Target, { path, patience = 30_000, ...rest }: Question): Promise<string | undefined> {
  const name = `${rest.method ?? "GET"} ${path.split("?")[0]}`;
  const started = performance.now();
  tally.sent();
  try {
    const { statusCode, headers, body } = await request(`https://${hostname}${path}`, { dispatcher: road, signal: AbortSignal.timeout(patience), ...rest });
    const text = await body.text();
    tally.answered(headers["x-release"] as string | undefined, performance.now() - started);
    if (statusCode >= 400) tally.fail(slug, `${name}: status ${statusCode}`);
    else if (headers["x-tenant"] !== slug) tally.fail(slug, `${name}: answered as tenant ${headers["x-tenant"]}`);
    else {
      tally.fine();
      return text;
    }
  } catch (error) {
    tally.fail(slug, `${name}: ${reasonOf(error, patience)}`);
  }
  return undefined;
}

function reasonOf(error: unknown, patience: number): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === "TimeoutError") return `no answer within ${patience / 1000} s`;
  return message || code || String(error);
}
