/** Counts of a tenant within windows of the clock (UTC), for all containers of the app on this host together. */
import type { Redis } from "ioredis";

export interface Window {
  /** Also the policy's name in the headers. */
  name: "minute" | "hour";
  seconds: number;
}
export const minute: Window = { name: "minute", seconds: 60 };
export const hour: Window = { name: "hour", seconds: 3600 };

export interface Counter {
  /** Counts one request in each window; the counts with it, or undefined when Redis is away: counting is not worth refusing service for. */
  take(tenant: string, windows: Window[], now: Date): Promise<number[] | undefined>;
  /** The count of the running window; undefined when Redis is away. */
  used(tenant: string, window: Window, now: Date): Promise<number | undefined>;
}

export const countIn = (redis: Redis): Counter => ({
  async take(tenant, windows, now) {
    const commands = redis.multi();
    for (const window of windows) commands.incr(keyOf(tenant, window, now)).expire(keyOf(tenant, window, now), 2 * window.seconds);
    try {
      const answers = await commands.exec() ?? [];
      return windows.map((_window, index) => Number(answers[2 * index]![1]));
    } catch {
      return undefined;
    }
  },
  used: (tenant, window, now) => redis.get(keyOf(tenant, window, now)).then((count) => Number(count ?? 0), () => undefined),
});

/** Example: hour:acme:490123. By slug, so that the count can follow a customer to another host. */
const keyOf = (tenant: string, { name, seconds }: Window, now: Date) => `${name}:${tenant}:${Math.floor(now.getTime() / 1000 / seconds)}`;

/** Seconds until the running window ends, at least one. */
export const secondsLeft = ({ seconds }: Window, now: Date): number => seconds - Math.floor(now.getTime() / 1000) % seconds;
