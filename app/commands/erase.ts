import { databaseSettings, uploadSettings } from "../config.ts";
import { openDatabase } from "../database/connect.ts";
import { eraseTenant } from "../tenants/erase.ts";
import { argumentsOf } from "./arguments.ts";

/** Removes a suspended tenant with all its rows and files, for good; prints, as JSON, what there was. */
export async function erase(environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const [slug] = argumentsOf(args, "erase SLUG", {}, (count) => count === 1).positionals as [string];
  const { UPLOADS_PATH } = uploadSettings(environment);
  // As the schema's owner: neither of the doors may remove an organisation.
  const database = openDatabase(databaseSettings(environment), { as: "erase", connections: 1 });
  try {
    console.log(JSON.stringify(await eraseTenant(database, slug, UPLOADS_PATH)));
    return 0;
  } finally {
    await database.end({ timeout: 1 });
  }
}
