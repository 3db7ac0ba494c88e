import type { Redis } from "ioredis";
import { createHash } from "node:crypto";

/** Slows down who guesses passwords. */
export interface Attempts {
  /** Counts an attempt; seconds to wait, 0 to go on. */
  take(whose: string): Promise<number>;
  forget(whose: string): Promise<void>;
}

const most = 10;
const windowSeconds = 900;

/** Without Redis nobody is slowed down, as with all limits: people can still work. */
export function countAttempts(redis: Redis): Attempts {
  const keyOf = (whose: string) => `attempts:${createHash("sha256").update(whose).digest("base64url")}`;
  return {
    async take(whose) {
      const key = keyOf(whose);
      try {
        const [[, count] = [], , [, left] = []] = await redis.multi().incr(key).expire(key, windowSeconds, "NX").ttl(key).exec() ?? [];
        return Number(count) > most ? Math.max(1, Number(left)) : 0;
      } catch {
        return 0;
      }
    },
    forget: async (whose) => void await redis.del(keyOf(whose)).catch(() => {}),
  };
}
