import { databaseSettings } from "../config.ts";
import { openDatabase, waitForDatabase } from "../database/connect.ts";
import { listWorkers } from "../jobs/heartbeat.ts";

/** Prints the workers on this database and when each last showed that it lives, as JSON. */
export async function workers(environment: NodeJS.ProcessEnv): Promise<number> {
  const settings = databaseSettings(environment);
  const database = openDatabase({ ...settings, DATABASE_CONNECTIONS: 1 }, "workers");
  try {
    await waitForDatabase(database, settings, console.error);
    console.log(JSON.stringify(await listWorkers(database)));
    return 0;
  } finally {
    await database.end({ timeout: 1 });
  }
}
