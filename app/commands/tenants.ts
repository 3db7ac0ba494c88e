import { text } from "node:stream/consumers";
import { databaseSettings } from "../config.ts";
import { openDatabase, waitForDatabase } from "../database/connect.ts";
import { parseTenants } from "../tenants/schema.ts";
import { upsertTenants } from "../tenants/upsert.ts";

/** Makes the database agree with the list of tenants on standard input; prints counts as JSON. */
export async function tenants(environment: NodeJS.ProcessEnv): Promise<number> {
  const settings = databaseSettings(environment);
  const list = parseTenants(await text(process.stdin));
  const database = openDatabase({ ...settings, DATABASE_CONNECTIONS: 1 }, "tenants");
  try {
    await waitForDatabase(database, settings, console.error);
    console.log(JSON.stringify(await upsertTenants(database, list)));
    return 0;
  } finally {
    await database.end({ timeout: 1 });
  }
}
