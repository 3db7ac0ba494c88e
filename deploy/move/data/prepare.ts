/** Effects before anything is replicated. Each may be run again after it was killed at any point. */
import { mustRun } from "../../remote/runner.ts";
import { UserError } from "../../errors.ts";
import { readSchema, parseSchema, schemaDifferences } from "./fingerprint.ts";
import { prepareIdentity } from "./identity.ts";
import { inspect, parseInventory } from "./inspect.ts";
import type { Inventory } from "./inventory.ts";
import { MOVE_PREFIX } from "./names.ts";
import { psql, type Side, sql } from "./psql.ts";
import { type Band, chooseBands, type Count, readCounts, setBands } from "./bands.ts";
import { type Brought, parseBrought, readReference, writeReference } from "./reference.ts";
import { type DataMove, nameOf, type Tenancy } from "./tenancy.ts";

/** Milliseconds for what depends on the size of the data. */
const LONG = 6 * 3600_000;

export const look = async (side: Side, tenancy: Tenancy): Promise<Inventory> => parseInventory(await sql(side, "looking at the database", inspect(tenancy)));

/**
 * Makes every table that moves ready to be filtered by customer, where the judge found it not to be; on both sides, since
 * changes flow back, too. Waits for busy tables a tenth of a second at a time. `inventory`: of this side, lately.
 */
export async function prepareIdentities(side: Side, move: DataMove, inventory: Inventory): Promise<void> {
  const statements = inventory.tables.filter(({ kind }) => kind === "table").map((table) => {
    const moved = move.tables.find((each) => nameOf(each) === (table.partitionOf ?? table.table));
    return moved ? prepareIdentity(table, moved.column) : "";
  }).join("");
  if (statements !== "") await sql(side, "preparing replica identities", statements, LONG);
}

/** What is not the same in the two schemas, each as a part of a sentence; [] when a move may begin or go on. */
export async function compareSchemas(source: Side, target: Side): Promise<string[]> {
  const [one, other] = await Promise.all([source, target].map(async (side) => parseSchema(await sql(side, "reading the schema", readSchema()))));
  return schemaDifferences(one!, other!);
}

/** What a dump says about objects of a move, statement by statement; those statements are one line each. */
const OF_A_MOVE = new RegExp(`^((CREATE TRIGGER|CREATE UNIQUE INDEX|COMMENT ON INDEX|ALTER TABLE ONLY \\S+ REPLICA IDENTITY USING INDEX) \\S*${MOVE_PREFIX}.*|GRANT .* TO ${MOVE_PREFIX}\\S*);$`, "gm");

/** Makes the source's schema with its rights on an empty target, in one transaction. Fails when the target has tables, or lacks a role that they name. */
export async function copySchema(source: Side, target: Side): Promise<void> {
  const { container, database } = source;
  const dump = await mustRun(source.runner, "dumping the schema", ["docker", "exec", container, "pg_dump", "-U", database.user, "-d", database.name, "--schema-only",
    "--no-owner", "--no-publications", "--no-subscriptions", "--exclude-schema", `${MOVE_PREFIX}*`]);
  await mustRun(target.runner, "making the schema", [...psql(target) as string[], "--single-transaction"], { stdin: dump.replace(OF_A_MOVE, "") });
}

/** Copies the tables that belong to nobody. Throws UserError when a row is there already with another content. */
export async function bringReference(source: Side, target: Side, move: DataMove): Promise<Brought[]> {
  if (move.reference.length === 0) return [];
  const tables = [];
  for (const table of move.reference) tables.push({ table, rows: await sql(source, `reading ${nameOf(table)}`, readReference(table), LONG) });
  const brought = parseBrought(await sql(target, "writing reference data", writeReference(tables), LONG));
  const other = brought.find(({ differing }) => differing.length > 0);
  if (other) {
    throw new UserError(`${other.table} has other rows on ${target.runner.host} than on ${source.runner.host}: ${other.differing.slice(0, 5).map((key) => `(${key.join(", ")})`).join(", ")}`,
      { hint: "the customer's rows may refer to them; make them the same on both hosts, then run the move again" });
  }
  return brought;
}

/** Gives the target's sequences numbers of their own. `others`: every other host that runs this app, the source among them. */
export async function separateNumbers(target: Side, others: readonly Side[], move: DataMove, sequences: Inventory["sequences"]): Promise<Band[]> {
  const count = async (side: Side): Promise<Count[]> => JSON.parse(await sql(side, "reading sequences", readCounts(move, sequences), LONG)) as Count[];
  const [own, ...theirs] = await Promise.all([target, ...others].map(count));
  const bands = chooseBands(own!, theirs);
  if (bands.length > 0) await sql(target, "setting sequences", setBands(bands));
  return bands;
}
