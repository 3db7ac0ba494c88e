import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { countAttempts } from "../access/attempts.ts";
import { serviceSettings } from "../config.ts";
import { waitForDatabase } from "../database/connect.ts";
import { openDoors } from "../database/doors.ts";
import { readMigrations } from "../database/migrations.ts";
import { openHub } from "../events/hub.ts";
import { createDrain } from "../http/drain.ts";
import { buildServer } from "../http/server.ts";
import { countIn } from "../limits/windows.ts";
import { createMetrics } from "../metrics/metrics.ts";
import { serveMetrics } from "../metrics/server.ts";
import { connectRedis } from "../redis.ts";
import { checkUploads } from "../resources/files.ts";
import { createMeter } from "../usage/meter.ts";

/** Serves until SIGTERM or SIGINT. Resolves with the exit code: 0 when nobody was cut off, 1 otherwise. */
export async function serve(environment: NodeJS.ProcessEnv): Promise<number> {
  const settings = serviceSettings(environment);
  const log = pino({ level: settings.LOG_LEVEL, base: { release: settings.RELEASE }, timestamp: pino.stdTimeFunctions.isoTime });
  await checkUploads(settings.UPLOADS_PATH);
  const migrations = (await readMigrations()).map((migration) => migration.name);

  const stop = new Promise<string>((resolve) => ["SIGTERM", "SIGINT"].forEach((signal) => process.once(signal, () => resolve(signal))));
  const doors = openDoors(settings, "serve", { timeout: 30_000 });
  const redis = connectRedis(settings.REDIS_URL, log);
  const events = openHub(redis);
  const drain = createDrain();
  const meter = createMeter(doors.platform, log);
  const metrics = createMetrics(doors, events, settings.RELEASE);
  const app = await buildServer({ settings, doors, redis, attempts: countAttempts(redis), counter: countIn(redis), meter, metrics, events, drain, migrations }, log);
  // Listens before the database answers: health can then be asked, and says what is missing.
  await app.listen({ host: "0.0.0.0", port: settings.PORT });
  const metricsServer = await serveMetrics(metrics.registry, settings.METRICS_PORT);
  meter.start();
  try {
    const reason = await Promise.race([stop, waitForDatabase(doors.platform, settings, (message) => log.warn(message)).then(() => stop)]);
    log.info({ drainSeconds: settings.DRAIN_SECONDS }, `${reason}: finishing requests in flight`);
    const cut = await drain.begin(settings.DRAIN_SECONDS);
    if (cut > 0) log.warn({ requests: cut }, "cut off: still running when DRAIN_SECONDS were over");
    return cut > 0 ? 1 : 0;
  } finally {
    app.server.closeAllConnections();
    metricsServer.close();
    // Connections that are no longer HTTP's are not closed above; they must not keep the process.
    await Promise.race([Promise.all([app.close(), meter.close()]), sleep(1000)]);
    events.close();
    redis.disconnect();
    await doors.close();
  }
}
