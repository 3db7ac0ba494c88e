import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { serviceSettings } from "../config.ts";
import { openDatabase, waitForDatabase } from "../database/connect.ts";
import { readMigrations } from "../database/migrations.ts";
import { createDrain } from "../http/drain.ts";
import { buildServer } from "../http/server.ts";
import { openHub } from "../events/hub.ts";
import { callCounter } from "../limits/calls.ts";
import { connectRedis } from "../redis.ts";
import { checkUploads } from "../resources/files.ts";

/** Serves until SIGTERM or SIGINT. Resolves with the exit code: 0 when nobody was cut off, 1 otherwise. */
export async function serve(environment: NodeJS.ProcessEnv): Promise<number> {
  const settings = serviceSettings(environment);
  const log = pino({ level: settings.LOG_LEVEL, base: { release: settings.RELEASE }, timestamp: pino.stdTimeFunctions.isoTime });
  await checkUploads(settings.UPLOADS_PATH);
  const migrations = (await readMigrations()).map((migration) => migration.name);

  const stop = new Promise<string>((resolve) => ["SIGTERM", "SIGINT"].forEach((signal) => process.once(signal, () => resolve(signal))));
  const database = openDatabase(settings, "serve");
  const redis = connectRedis(settings.REDIS_URL, log);
  const events = openHub(redis);
  const drain = createDrain();
  const app = await buildServer({ settings, database, redis, calls: callCounter(redis), events, drain, migrations }, log);
  // Listens before the database answers: health can then be asked, and says what is missing.
  await app.listen({ host: "0.0.0.0", port: settings.PORT });
  try {
    const reason = await Promise.race([stop, waitForDatabase(database, settings, (message) => log.warn(message)).then(() => stop)]);
    log.info({ drainSeconds: settings.DRAIN_SECONDS }, `${reason}: finishing requests in flight`);
    const cut = await drain.begin(settings.DRAIN_SECONDS);
    if (cut > 0) log.warn({ requests: cut }, "cut off: still running when DRAIN_SECONDS were over");
    return cut > 0 ? 1 : 0;
  } finally {
    app.server.closeAllConnections();
    // Connections that are no longer HTTP's are not closed above; they must not keep the process.
    await Promise.race([app.close(), sleep(1000)]);
    events.close();
    redis.disconnect();
    await database.end({ timeout: 1 });
  }
}
