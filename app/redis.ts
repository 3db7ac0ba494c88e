import { Redis } from "ioredis";
import { OperatorError, reasonOf } from "./errors.ts";

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

/** One connection for one command; no second attempt. Throws OperatorError when Redis does not answer. */
export async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 2000, commandTimeout: 2000, retryStrategy: () => null });
  redis.on("error", () => { /* Said below. */ });
  try {
    await redis.connect();
    return await work(redis);
  } catch (error) {
    throw new OperatorError(`Redis does not answer (${reasonOf(error)}). Try again when it does.`);
  } finally {
    redis.disconnect();
  }
}
