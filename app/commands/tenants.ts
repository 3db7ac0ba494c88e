import { text } from "node:stream/consumers";
import { parseTenants } from "../tenants/schema.ts";
import { upsertTenants } from "../tenants/upsert.ts";
import { withDoors } from "./database.ts";

/** Makes the database agree with the list of tenants on standard input; prints counts as JSON. */
export async function tenants(environment: NodeJS.ProcessEnv): Promise<number> {
  const list = parseTenants(await text(process.stdin));
  return await withDoors(environment, "tenants", async ({ platform }) => {
    console.log(JSON.stringify(await upsertTenants(platform, list)));
    return 0;
  });
}
