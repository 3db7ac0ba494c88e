import { organisationId } from "../tenants/identity.ts";
import { hostTables, tenantTables } from "../tenants/tables.ts";
import { argumentsOf } from "./arguments.ts";

/**
 * Prints where a tenant's data lies, as JSON; needs no database. `rows`: in each table those whose column has the key;
 * tables in an order in which rows can be inserted. `files`: folders in UPLOADS_PATH.
 */
export async function describe(_environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const [slug] = argumentsOf(args, "describe SLUG", {}, (count) => count === 1).positionals as [string];
  const rows = [{ table: "organisations", column: "id" }, ...tenantTables.map((table) => ({ table, column: "organisation_id" }))];
  console.log(JSON.stringify({ slug, key: organisationId(slug), rows, files: [slug], hostTables }));
  return 0;
}
