import { readMigrations } from "../database/migrations.ts";

/** Prints what this release brings, as JSON; needs no database. */
export async function migrations(): Promise<number> {
  console.log(JSON.stringify((await readMigrations()).map(({ name, reversible }) => ({ name, reversible }))));
  return 0;
}
