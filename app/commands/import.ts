import { importArchive } from "../archive/import.ts";
import { uploadSettings } from "../config.ts";
import { knownTenant } from "../tenants/known.ts";
import { addOrganisation } from "../tenants/upsert.ts";
import { argumentsOf } from "./arguments.ts";
import { withDoors } from "./database.ts";

/** Reads an archive from standard input into its tenant, or another; prints, as JSON, what it held. The tenant is made when it is not there. */
export async function importTenant(environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const { values } = argumentsOf(args, "import [--as SLUG] [--replace]", { as: { type: "string" }, replace: { type: "boolean", default: false } }, (count) => count === 0);
  const { UPLOADS_PATH } = uploadSettings(environment);
  return await withDoors(environment, "import", async (doors) => {
    const { tenant, end } = await importArchive(doors, process.stdin, {
      root: UPLOADS_PATH, replace: values.replace,
      async tenantFor({ slug, name }) {
        await addOrganisation(doors.platform, values.as ?? slug, name);
        return await knownTenant(doors.platform, values.as ?? slug);
      },
    });
    console.log(JSON.stringify({ slug: tenant.slug, ...end }));
    return 0;
  });
}
