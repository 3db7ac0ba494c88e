import { redisSettings } from "../config.ts";
import { openHub } from "../events/hub.ts";
import { withRedis } from "../redis.ts";
import { argumentsOf } from "./arguments.ts";

/**
 * Ends a tenant's streams on this host, as when a container leaves: its readers come again, wherever its address leads by
 * then. Nothing else would tell them after a move. Prints {"slug"}.
 */
export async function disconnect(environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const [slug] = argumentsOf(args, "disconnect SLUG", {}, (count) => count === 1).positionals as [string];
  await withRedis(redisSettings(environment).REDIS_URL, (redis) => openHub(redis).disconnect(slug));
  console.log(JSON.stringify({ slug }));
  return 0;
}
