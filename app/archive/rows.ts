/** Whole rows of one tenant as JSON, for archives. By the tenant's door: also a forged archive can only write this tenant's rows. */
import type { Session } from "../database/connect.ts";
import { leftOut, type ArchivedTable } from "./format.ts";

/** Rows read at a time; also rows in a file of the archive. */
const batch = 1000;

/** Names of a table's columns but the tenant's. */
export async function columnsOf(sql: Session, table: ArchivedTable): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select attname as name from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname <> 'organisation_id' order by attnum`;
  return rows.map(({ name }) => name);
}

/** A table's rows as JSON texts, in batches. */
export async function* readRows(sql: Session, tenant: number, table: ArchivedTable): AsyncGenerator<string[]> {
  const rows = sql<{ line: string }[]>`
    select (to_jsonb(t) - 'organisation_id')::text as line from ${sql(table)} t
    where organisation_id = ${tenant} and ${leftOut[table] ? sql`not (${sql.unsafe(leftOut[table])})` : sql`true`} order by id`;
  for await (const some of rows.cursor(batch)) yield some.map(({ line }) => line);
}

/** Inserts rows given as JSON texts, with these columns (names that columnsOf has) and the tenant's key, whatever key they claim. */
export async function insertRows(sql: Session, tenant: number, table: ArchivedTable, columns: string[], lines: string[]): Promise<void> {
  const all = sql.unsafe(["organisation_id", ...columns].map((column) => `"${column}"`).join(", "));
  await sql`
    insert into ${sql(table)} (${all})
    select ${all} from jsonb_array_elements(${`[${lines.join(",")}]`}::text::jsonb) line,
      jsonb_populate_record(null::${sql(table)}, line || jsonb_build_object('organisation_id', ${tenant}::bigint))`;
}

/** Removes all that an archive would bring. Returns the tenant's files. */
export async function clearRows(sql: Session, tenant: number, tables: readonly ArchivedTable[]): Promise<string[]> {
  const files = await sql<{ file: string }[]>`select file from uploads where organisation_id = ${tenant}`;
  for (const table of tables.toReversed()) await sql`delete from ${sql(table)} where organisation_id = ${tenant}`;
  return files.map(({ file }) => file);
}

export async function hasRows(sql: Session, tenant: number, tables: readonly ArchivedTable[]): Promise<boolean> {
  for (const table of tables) if ((await sql`select from ${sql(table)} where organisation_id = ${tenant} limit 1`).length > 0) return true;
  return false;
}
