/** Effects at the end of a move. Each may be run again after it was killed at any point. */
import { mustRun } from "../../remote/runner.ts";
import { removePassfile } from "./access.ts";
import { type Leftover, leftovers, removeObjects, stopReplication } from "./cleanup.ts";
import { ask, type Side, sql } from "./psql.ts";
import { ident } from "./quote.ts";
import { countRows, mustBeLeft, removeRows } from "./remove.ts";
import type { DataMove } from "./tenancy.ts";

const LONG = 6 * 3600_000;

/** What the customer has on this side, by table: for the confirmation, and for the report. */
export const countOf = (side: Side, move: DataMove): Promise<Record<string, number>> => ask(side, "counting rows", countRows(move), LONG);

/** Nothing is carried any more in either direction; on both sides before anything else. `systemIdentifier`: of the other side's server, when known. */
export const stopCarrying = (side: Side, slug: string, systemIdentifier?: string): Promise<string> => sql(side, "ending the replication", stopReplication(slug, systemIdentifier), 300_000);

/** On the side that the customer does not live on, after stopCarrying on both. Returns rows removed by table. */
export async function removeCustomer(side: Side, move: DataMove, rest?: number): Promise<Record<string, number>> {
  const lines = (await sql(side, "removing the customer's rows", removeRows(move, rest), LONG)).split("\n").filter(Boolean);
  return Object.fromEntries(lines.map((line) => JSON.parse(line) as { table: string; removed: number }).map(({ table, removed }) => [table, removed]));
}

/** The customer's own database instead, with all that is in it; whoever is connected is cut off. `host`: another database of that server. */
export async function dropDatabase(side: Side, host: Side, slug: string): Promise<void> {
  await sql(side, "looking whether the customer left", mustBeLeft(slug));
  await dropEmptied(side, host);
}

export const dropEmptied = ({ database }: Side, host: Side): Promise<string> => sql(host, "dropping the customer's database", `drop database if exists ${ident(database.name)} with (force);\n`, LONG);

/** Fence, triggers, login and password file; last. */
export async function forgetMove(side: Side, slug: string): Promise<void> {
  await sql(side, "removing the move's objects", removeObjects(slug), 300_000);
  await mustRun(side.runner, "removing the password file", removePassfile(side.container, slug));
}

/** What any move left here. */
export const findLeftovers = (side: Side): Promise<Leftover[]> => ask(side, "looking for leftovers", leftovers());
