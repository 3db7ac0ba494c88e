import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../database/connect.ts";
import { enter } from "../database/scope.ts";
import { OperatorError } from "../errors.ts";
import { organisationId } from "./identity.ts";
import { tenantTables } from "./tables.ts";

export interface Erased { slug: string; erasedAt: string; rows: Record<string, number>; files: { count: number; bytes: number } }

/** Removes a tenant, its rows and its files. It must be suspended: nobody is at work in it. Safe to run again after a crash. Throws OperatorError. */
export async function eraseTenant(database: Database, slug: string, root: string): Promise<Erased> {
  const id = organisationId(slug);
  const files = await filesOf(join(root, slug));
  const rows = await database.begin(async (sql) => {
    await enter(sql, id);
    const [organisation] = await sql<{ status: string }[]>`select status from organisations where id = ${id} and slug = ${slug} for update`;
    if (!organisation && files.count === 0) throw new OperatorError(`There is no organisation ${slug} on this host.`);
    if (organisation && organisation.status !== "suspended") throw new OperatorError(`${slug} is ${organisation.status}. Suspend it first: nobody may be at work in what is erased.`);
    const counts: Record<string, number> = {};
    for (const table of tenantTables) counts[table] = (await sql<{ count: number }[]>`select count(*) as count from ${sql(table)} where organisation_id = ${id}`)[0]!.count;
    // All tables refer to it and follow.
    await sql`delete from organisations where id = ${id}`;
    return counts;
  });
  await rm(join(root, slug), { recursive: true, force: true });
  return { slug, erasedAt: new Date().toISOString(), rows, files };
}

async function filesOf(folder: string): Promise<Erased["files"]> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return { count: names.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
