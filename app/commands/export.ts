import { exportArchive } from "../archive/export.ts";
import { uploadSettings } from "../config.ts";
import { knownTenant } from "../tenants/known.ts";
import { argumentsOf } from "./arguments.ts";
import { withDoors } from "./database.ts";

/** Writes a tenant as an archive to standard output; says on stderr, as JSON, what it holds. */
export async function exportTenant(environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const { positionals, values } = argumentsOf(args, "export SLUG [--allow-missing]", { "allow-missing": { type: "boolean" } }, (count) => count === 1);
  const [slug] = positionals as [string];
  const { UPLOADS_PATH, RELEASE } = uploadSettings(environment);
  return await withDoors(environment, "export", async (doors) => {
    const end = await exportArchive(doors, await knownTenant(doors.platform, slug), { root: UPLOADS_PATH, release: RELEASE, allowMissing: values["allow-missing"] === true }, process.stdout);
    console.error(JSON.stringify({ slug, ...end }));
    return 0;
  });
}
