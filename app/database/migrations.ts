import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { OperatorError } from "../errors.ts";

/** One forward step of the schema. `reversible`: the release before it runs on the schema after it. */
export interface Migration { name: string; reversible: boolean; checksum: string; sql: string }

export const migrationsFolder = join(import.meta.dirname, "..", "migrations");

/** Reads NNNN-name.sql in order. Throws OperatorError for a bad name, a number used twice, or a missing `-- reversible:` line. */
export async function readMigrations(folder = migrationsFolder): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  const migrations = await Promise.all(files.map(async (file) => parseMigration(file, await readFile(join(folder, file), "utf8"))));
  migrations.forEach((migration, index) => {
    const before = migrations[index - 1];
    if (before?.name.slice(0, 4) === migration.name.slice(0, 4)) throw new OperatorError(`migrations/${migration.name}.sql has the same number as ${before.name}.sql. Give the newer one the next free number.`);
  });
  return migrations;
}

/** What one file says. Throws OperatorError. */
export function parseMigration(file: string, sql: string): Migration {
  if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(file)) throw new OperatorError(`migrations/${file}: expected a name like 0004-short-title.sql.`);
  const reversible = /^-- reversible: (yes|no)$/m.exec(sql.split("\n", 1)[0] ?? "")?.[1];
  if (!reversible) throw new OperatorError(`migrations/${file}: the first line must be "-- reversible: yes" or "-- reversible: no" (yes: the release before runs on the schema after).`);
  return { name: file.slice(0, -".sql".length), reversible: reversible === "yes", checksum: createHash("sha256").update(sql).digest("hex"), sql };
}
