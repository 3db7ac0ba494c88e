import { databaseSettings } from "../config.ts";
import { openDatabase, waitForDatabase } from "../database/connect.ts";
import { makeRoles, migrate as run } from "../database/migrate.ts";
import { readMigrations } from "../database/migrations.ts";

/** Brings the schema up to this release. Progress on stderr, the outcome as JSON on stdout. */
export async function migrate(environment: NodeJS.ProcessEnv): Promise<number> {
  const settings = databaseSettings(environment);
  const migrations = await readMigrations();
  const database = openDatabase(settings, { as: "migrate", connections: 1 });
  try {
    await waitForDatabase(database, settings, console.error);
    const outcome = await run(database, migrations, console.error);
    await makeRoles(database);
    console.log(JSON.stringify(outcome));
    return 0;
  } finally {
    await database.end({ timeout: 1 });
  }
}
