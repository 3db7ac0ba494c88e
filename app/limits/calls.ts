import { Redis } from "ioredis";
import { allowanceOf, type Allowance } from "./rules.ts";
import { reasonOf } from "../errors.ts";

/** Counts API calls per tenant and clock hour, for all containers of the app on this host together. */
export interface CallCounter {
  /** Counts one call; undefined when Redis is away: counting is not worth refusing service for. */
  take(tenant: string, limit: number): Promise<Allowance | undefined>;
  /** Calls of the running hour; undefined when Redis is away. */
  used(tenant: string): Promise<number | undefined>;
  /** Rejects when Redis does not answer in time. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

interface Log { warn(message: string): void; info(message: string): void }

/** Connects in the background and for ever; commands fail at once while there is no connection. */
export function openCallCounter(url: string, log: Log): CallCounter {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    connectTimeout: 2000,
    commandTimeout: 500,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 100, 2000),
  });
  let fault: string | undefined;
  redis.on("error", (error) => {
    if (!fault) log.warn(`Redis does not answer (${reasonOf(error)}); API calls are not limited until it does`);
    fault = reasonOf(error);
  });
  redis.on("ready", () => {
    if (fault) log.info("Redis answers again");
    fault = undefined;
  });

  return {
    async take(tenant, limit) {
      const now = new Date();
      try {
        const key = keyOf(tenant, now);
        const [[, calls] = []] = await redis.multi().incr(key).expire(key, 2 * 3600).exec() ?? [];
        return typeof calls === "number" ? allowanceOf(limit, calls, now) : undefined;
      } catch {
        return undefined;
      }
    },
    used: (tenant) => redis.get(keyOf(tenant, new Date())).then((calls) => Number(calls ?? 0), () => undefined),
    async ping() {
      if (redis.status !== "ready") throw new Error(fault ?? "not connected yet");
      await redis.ping();
    },
    close: async () => redis.disconnect(),
  };
}

/** Example: calls:acme:2026-11-21T13. By slug, so that the count can follow a customer to another host. */
const keyOf = (tenant: string, now: Date) => `calls:${tenant}:${now.toISOString().slice(0, 13)}`;
