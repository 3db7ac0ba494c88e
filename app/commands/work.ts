import { hostname } from "node:os";
import { pino } from "pino";
import { workerSettings } from "../config.ts";
import { waitForDatabase } from "../database/connect.ts";
import { openDoors } from "../database/doors.ts";
import { pending } from "../database/migrate.ts";
import { readMigrations } from "../database/migrations.ts";
import { OperatorError } from "../errors.ts";
import { work as run } from "../jobs/worker.ts";

/** Works off jobs until SIGTERM or SIGINT. Resolves with the exit code: 0 when the job in hand was finished, 1 when it was given back. */
export async function work(environment: NodeJS.ProcessEnv): Promise<number> {
  const settings = workerSettings(environment);
  const log = pino({ level: settings.LOG_LEVEL, base: { release: settings.RELEASE }, timestamp: pino.stdTimeFunctions.isoTime });
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => {
    log.info({ drainSeconds: settings.DRAIN_SECONDS }, `${signal}: finishing the job in hand`);
    stop.abort();
  });
  const doors = openDoors(settings, "work", { connections: 3 });
  try {
    await waitForDatabase(doors.platform, settings, (message) => log.warn(message));
    const missing = await pending(doors.platform, (await readMigrations()).map(({ name }) => name));
    if (missing.length > 0) throw new OperatorError(`${missing.length} of this release's migrations are not applied (${missing.join(", ")}); run \`migrate\` first.`);
    const name = `${hostname()}-${process.pid}`;
    log.info({ worker: name }, "working");
    return await run({ doors, log, name, release: settings.RELEASE, grace: settings.DRAIN_SECONDS }, stop.signal) ? 0 : 1;
  } finally {
    await doors.close();
  }
}
