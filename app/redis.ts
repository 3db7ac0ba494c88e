import { Redis } from "ioredis";
import { reasonOf } from "./errors.ts";

interface Log { warn(message: string): void; info(message: string): void }

/** Connects in the background and for ever; commands fail at once while there is no connection. */
export function connectRedis(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    connectTimeout: 2000,
    commandTimeout: 500,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 100, 2000),
  });
  let away = false;
  redis.on("error", (error) => {
    if (!away) log.warn(`Redis does not answer (${reasonOf(error)}); API calls are not limited and events not told until it does`);
    away = true;
  });
  redis.on("ready", () => {
    if (away) log.info("Redis answers again");
    away = false;
  });
  return redis;
}

/** Rejects when Redis does not answer in time. */
export async function pingRedis(redis: Redis): Promise<void> {
  if (redis.status !== "ready") throw new Error(`not connected (${redis.status})`);
  await redis.ping();
}
