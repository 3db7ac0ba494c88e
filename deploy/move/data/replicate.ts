/** Effects that join the two databases. Each may be run again after it was killed at any point. */
import { UserError } from "../../errors.ts";
import { lastLines, mustRun } from "../../remote/runner.ts";
import { type Address, connectionString, newPassword, openAccess, passfileLine, scramVerifier, writePassfile } from "./access.ts";
import { installGuard } from "./guard.ts";
import { moveNames } from "./names.ts";
import { ask, type Side, sql } from "./psql.ts";
import { ident } from "./quote.ts";
import { analyze, type Direction, dropOrphanedSlot, isSubscribed, publish, type Receiving, receiving, reconnect, type Sending, sending, subscribe } from "./replication.ts";
import { countRows } from "./remove.ts";
import { type DataMove, nameOf } from "./tenancy.ts";

const LONG = 6 * 3600_000;

/** Each side gets a login for the other, and the password of the other's. New ones when it is run again. */
export async function openBoth(source: Side, target: Side, move: DataMove): Promise<void> {
  for (const [side, other] of [[source, target], [target, source]] as const) {
    const password = newPassword();
    await sql(side, "making a login for the other host", openAccess(move, scramVerifier(password)));
    await mustRun(other.runner, "writing the password file", writePassfile(other.container, move.slug), { stdin: passfileLine(move.slug, password) });
  }
}

/** Schema, triggers and fence: on the side that goes to and takes no writes yet, then open on the one that is left. After openBoth. */
export async function guardBoth(left: Side, gone: Side, move: DataMove, there: "closed" | "left"): Promise<void> {
  await sql(gone, "setting up the fence", installGuard(move, there), LONG);
  await sql(left, "setting up the fence", installGuard(move, "open"), LONG);
}

/** Two sides and the direction of what flows from the one to the other. `address`: how the container of `to` reaches `from`. */
export interface Way { from: Side; to: Side; direction: Direction; address: Address }

/** Begins to copy and follow. Throws UserError when the side that it goes to has rows of the customer that this move did not bring. */
export async function startReplication(way: Way, move: DataMove): Promise<void> {
  const { to, direction } = way;
  if (!await ask<boolean>(to, "looking for a subscription", isSubscribed(move.slug, direction))) {
    const there = Object.entries(await ask<Record<string, number>>(to, "counting rows", countRows(move), LONG)).filter(([, rows]) => rows > 0);
    if (there.length > 0) {
      throw new UserError(`${to.runner.host} has rows of ${move.slug} already: ${there.map(([table, rows]) => `${rows} in ${table}`).join(", ")}`, { hint: `if they are left of an earlier move: deploy move abort ${move.slug}` });
    }
  }
  await join(way, move, true);
}

/** Follows from now on; before the hold, or the first changes on the side that is gone to would be missed. */
export const startWayBack = (way: Way, move: DataMove): Promise<void> => join(way, move, false);

async function join({ from, to, direction, address }: Way, move: DataMove, copy: boolean): Promise<void> {
  const connection = connectionString(move.slug, address, from.database.name);
  await sql(from, "publishing the customer's rows", publish(move, direction));
  if (await ask<boolean>(to, "looking for a subscription", isSubscribed(move.slug, direction))) {
    await sql(to, "connecting the databases", reconnect(move.slug, direction, connection));
    return;
  }
  await sql(from, "dropping a slot that nobody reads", dropOrphanedSlot(move.slug, direction));
  await sql(to, "subscribing to the customer's rows", subscribe(move.slug, direction, connection, copy), 300_000);
}

export interface ReplicationState { receiving: Receiving | null; sending: Sending | null }

/** How far one direction is. `from`: the side that its changes come from. */
export async function replicationState(from: Side, to: Side, slug: string, direction: Direction): Promise<ReplicationState> {
  const [theirs, ours] = await Promise.all([ask<Sending | null>(from, "reading the slot", sending(slug, direction)), ask<Receiving | null>(to, "reading the subscription", receiving(slug, direction))]);
  return { sending: theirs, receiving: ours };
}

/** Why it does not go on, in the words of an error; undefined when it does. A failed try is followed by another after some seconds. */
export function replicationFault({ receiving: to, sending: from }: ReplicationState): string | undefined {
  if (!to || !from) return "the subscription or its slot is gone";
  if (from.wal === "lost") return "the source has thrown away changes that were not sent yet (max_slot_wal_keep_size); the copy has to begin again";
  const { apply, copy } = to.errors;
  if (apply + copy > 2) return `changes cannot be written: ${apply + copy} tries failed${Object.keys(to.conflicts).length > 0 ? ` (${Object.entries(to.conflicts).map(([kind, count]) => `${kind.replace("confl_", "")} ${count}`).join(", ")})` : ""}`;
  return undefined;
}

/** What PostgreSQL's log says lately about failing changes: which row, which key. */
export async function replicationLog(side: Side): Promise<string> {
  const { stdout, stderr } = await side.runner.run(["docker", "logs", "--tail", "200", side.container]);
  return lastLines(`${stdout}\n${stderr}`.split("\n").filter((line) => /ERROR|DETAIL|CONTEXT/.test(line)).join("\n"), 6);
}

export const copied = ({ receiving: to }: ReplicationState): boolean => to !== null && to.tables.every(({ state }) => state === "following");

/** Statistics for the planner, once everything is copied. */
export const analyzeCopy = (target: Side, move: DataMove): Promise<string> => sql(target, "gathering statistics", analyze(move), LONG);

/**
 * From now on changes on this side are noted, to be compared; before the compare of everything. Waits for open transactions
 * a quarter of a second at a time, since new ones queue behind. Throws UserError when one stays open for `patience` ms.
 */
export async function noteChanges(side: Side, slug: string, patience = 60_000): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      await sql(side, "noting changes", `select ${ident(moveNames(slug).schema)}.note(250);\n`);
      return;
    } catch (error) {
      if (!/lock timeout/.test((error as Error).message)) throw error;
      if (Date.now() > deadline) throw new UserError(`a transaction of ${slug} on ${side.runner.host} stays open for more than ${patience / 1000} s`, { hint: "select pid, state, xact_start, query from pg_stat_activity where xact_start < now() - interval '10 s' shows who" });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** The tables that the move brings, for sentences. */
export const tableNames = (move: DataMove): string[] => move.tables.map(nameOf);
