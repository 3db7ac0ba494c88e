/** Forward-only migrations from plain SQL files. Own code: of the kept libraries none records a checksum of plain SQL files. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OperatorError, reasonOf } from "../errors.ts";
import { behind, type Database, type Session } from "./connect.ts";
import type { Migration } from "./migrations.ts";

const roles = join(import.meta.dirname, "roles.sql");

/** Any number, the same in every release: two that migrate at once take turns on it. */
const lockKey = 7_203_311;
/** A change of a table in use waits for its readers, and everybody else waits behind it: give up rather than stop the service. */
const lockTimeout = "5s";

export interface Outcome { applied: string[]; already: number; /** Recorded by a newer release; harmless here. */ ahead: string[] }

/** Brings the schema up to `migrations`, each in its own transaction. Safe to run twice, and by two at once. Throws OperatorError. */
export async function migrate(database: Database, migrations: Migration[], say: (message: string) => void): Promise<Outcome> {
  const applied: string[] = [];
  await database.begin((session) => ready(session));
  for (const migration of migrations) {
    const started = performance.now();
    if (!await database.begin((session) => apply(session, migration))) continue;
    applied.push(migration.name);
    say(`${migration.name} applied in ${Math.round(performance.now() - started)} ms`);
  }
  const known = new Set(migrations.map((migration) => migration.name));
  const recorded = await database<{ name: string }[]>`select name from schema_migrations order by name`;
  return { applied, already: migrations.length - applied.length, ahead: recorded.map((row) => row.name).filter((name) => !known.has(name)) };
}

/** Makes the roles that the app works as, and gives them their rights on the tables there are. Safe to run again, and by two at once. Throws OperatorError. */
export async function makeRoles(database: Database): Promise<void> {
  const sql = await readFile(roles, "utf8");
  try {
    await database.begin(async (session) => {
      await session`select pg_advisory_xact_lock(${lockKey})`;
      await session.unsafe(sql).simple();
    });
  } catch (error) {
    throw new OperatorError(`The roles app_tenant and app_platform could not be made: ${reasonOf(error)}. The login of DATABASE_URL must own the tables and be allowed to create roles.`);
  }
}

/** Names of migrations that this release needs and the database has not got. */
export async function pending(database: Session, names: string[]): Promise<string[]> {
  try {
    const rows = await database<{ name: string }[]>`select name from schema_migrations where name = any(${names})`;
    const recorded = new Set(rows.map((row) => row.name));
    return names.filter((name) => !recorded.has(name));
  } catch (error) {
    if (behind(error)) return names;
    throw error;
  }
}

async function ready(session: Session): Promise<void> {
  await session`select pg_advisory_xact_lock(${lockKey})`;
  await session`create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())`;
}

/** True when it was applied now, false when it was there. */
async function apply(session: Session, migration: Migration): Promise<boolean> {
  await session`select pg_advisory_xact_lock(${lockKey})`;
  const [recorded] = await session<{ checksum: string }[]>`select checksum from schema_migrations where name = ${migration.name}`;
  if (recorded?.checksum === migration.checksum) return false;
  if (recorded) throw new OperatorError(`migrations/${migration.name}.sql is not the file that was applied to this database. A migration never changes once released: restore it and write a new one.`);
  await session.unsafe(`set local lock_timeout = '${lockTimeout}'`);
  try {
    await session.unsafe(migration.sql).simple();
  } catch (error) {
    throw new OperatorError(`migrations/${migration.name}.sql failed and was undone: ${reasonOf(error)}${hint(error)}. Migrations before it stay; run \`migrate\` again once the cause is gone.`);
  }
  await session`insert into schema_migrations ${session({ name: migration.name, checksum: migration.checksum })}`;
  return true;
}

/** 55P03: lock_not_available. */
const hint = (error: unknown): string => (error as { code?: string }).code === "55P03" ? ` (a table it changes was in use for more than ${lockTimeout})` : "";
