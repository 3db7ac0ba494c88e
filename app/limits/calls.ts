import type { Redis } from "ioredis";
import { allowanceOf, type Allowance } from "./rules.ts";

/** Counts API calls per tenant and clock hour, for all containers of the app on this host together. */
export interface CallCounter {
  /** Counts one call; undefined when Redis is away: counting is not worth refusing service for. */
  take(tenant: string, limit: number): Promise<Allowance | undefined>;
  /** Calls of the running hour; undefined when Redis is away. */
  used(tenant: string): Promise<number | undefined>;
}

export const callCounter = (redis: Redis): CallCounter => ({
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
});

/** Example: calls:acme:2026-11-21T13. By slug, so that the count can follow a customer to another host. */
const keyOf = (tenant: string, now: Date) => `calls:${tenant}:${now.toISOString().slice(0, 13)}`;
