import { countAttempts } from "../../../app/access/attempts.ts";
import { serviceSettings } from "../../../app/config.ts";
import { openDoors } from "../../../app/database/doors.ts";
import { openHub } from "../../../app/events/hub.ts";
import { createDrain } from "../../../app/http/drain.ts";
import { buildServer } from "../../../app/http/server.ts";
import { countIn } from "../../../app/limits/windows.ts";
import { createMetrics } from "../../../app/metrics/metrics.ts";
import { connectRedis } from "../../../app/redis.ts";
import { createMeter } from "../../../app/usage/meter.ts";
import type { FastifyBaseLogger } from "../../../app/node_modules/fastify/fastify.js";

/** Nobody answers there, and nobody is asked. */
const settings = serviceSettings({ DATABASE_URL: "postgres://a@127.0.0.1:1/a", REDIS_URL: "redis://127.0.0.1:1", DOMAIN: "platform.test", UPLOADS_PATH: "/nowhere" });

/** Every route the app has, as `GET /api/orders/:id`, in order. HEAD goes with GET. */
export async function routesOf(): Promise<string[]> {
  const say = () => {};
  const log = { level: "silent", trace: say, debug: say, info: say, warn: say, error: say, fatal: say, silent: say, child: () => log } as never as FastifyBaseLogger;
  const redis = connectRedis(settings.REDIS_URL, log);
  const doors = openDoors(settings, "routes");
  const events = openHub(redis);
  const app = await buildServer({
    settings, doors, redis, attempts: countAttempts(redis), counter: countIn(redis), meter: createMeter(doors.platform, log),
    metrics: createMetrics(doors, events, "test"), events, drain: createDrain(), migrations: [],
  }, log);
  await app.ready();
  const tree = app.printRoutes({ commonPrefix: false });
  await app.close();
  redis.disconnect();
  await doors.close();

  const routes: string[] = [];
  const path: string[] = [];
  for (const line of tree.split("\n").filter(Boolean)) {
    const [, branch = "", name = "", methods = ""] = /^(.*?── )(\S+)(?: \((.*)\))?$/.exec(line)!;
    path.splice(branch.length / 4 - 1, Infinity, name);
    for (const method of methods.split(", ").filter((each) => each && each !== "HEAD")) routes.push(`${method} ${path.join("")}`);
  }
  return routes.sort();
}
