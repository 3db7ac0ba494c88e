/** The customer's rows: copied, then followed, in both directions. */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { count } from "../../report/units.ts";
import { removeCustomer } from "../data/finish.ts";
import { look, separateNumbers } from "../data/prepare.ts";
import { ask, type Side } from "../data/psql.ts";
import { analyzeCopy, copied, replicationFault, replicationLog, replicationState, startReplication, startWayBack, type Way } from "../data/replicate.ts";
import { awaitWriters } from "../data/writers.ts";
import { type Direction, isSubscribed } from "../data/replication.ts";
import { addressFrom, databaseOf, type End, type Hands, hostOf, otherEnd } from "../hands.ts";
import { sideThere } from "../side.ts";

const POLL_MS = 500;
/** A failed try is followed by another after some seconds: a connection that was lost counts as one, too. */
const FAULTS_IN_A_ROW = 10;

export interface ReplicateOptions { signal: AbortSignal; goOn(): void; tell(text: string): void }

/** What flows to the end that is gone to, and what flows from it. `left`: the end that has the rows. */
const DIRECTIONS: Readonly<Record<End, readonly [there: Direction, again: Direction]>> = { source: ["out", "back"], target: ["back", "out"] };

export async function replicate(hands: Hands, left: End, options: ReplicateOptions): Promise<string> {
  const { slug, data } = hands;
  const [there, again] = DIRECTIONS[left];
  const next = await databaseOf(hands, otherEnd(left));
  // The app was told of the customer when its release came; the guard is closed there, so nobody works with that.
  if (!await ask<boolean>(next, "looking for a subscription", isSubscribed(slug, there))) {
    await removeCustomer(next, data, 0);
    // PostgreSQL begins a slot when every transaction is over that has written, whoever's it is, and says nothing meanwhile.
    await awaitWriters(await databaseOf(hands, left), options);
  }
  await startReplication(await wayFor(hands, there), data);
  await untilCopied(hands, there, options);
  options.tell("statistics");
  await analyzeCopy(await databaseOf(hands, otherEnd(left)), data);
  await ownNumbers(hands);
  options.tell("the way back");
  await startWayBack(await wayFor(hands, again), data);
  await untilCopied(hands, again, options);
  return count(data.tables.length, "table");
}

async function wayFor(hands: Hands, direction: Direction): Promise<Way> {
  const to: End = direction === "out" ? "target" : "source";
  const [from, side] = await Promise.all([databaseOf(hands, otherEnd(to)), databaseOf(hands, to)]);
  return { from, to: side, direction, address: addressFrom(hands, to) };
}

/** Whether the customer's rows flow both ways already. */
export async function flowsBothWays(hands: Hands): Promise<boolean> {
  const sides = await Promise.all((["source", "target"] as const).map((end) => sideThere(hands.context, hostOf(hands, end), hands.slug)));
  if (sides.some(({ there }) => !there)) return false;
  const states = await Promise.all((["out", "back"] as const).map(async (direction) => {
    const { from, to } = await wayFor(hands, direction);
    return replicationState(from, to, hands.slug, direction);
  }));
  return states.every((state) => copied(state) && state.sending !== null);
}

async function untilCopied(hands: Hands, direction: Direction, { goOn, signal, tell }: ReplicateOptions): Promise<void> {
  for (let faults = 0; ;) {
    goOn();
    const { from, to } = await wayFor(hands, direction);
    const state = await replicationState(from, to, hands.slug, direction);
    if (copied(state) && state.receiving!.running) return;
    const fault = replicationFault(state);
    faults = fault === undefined ? 0 : faults + 1;
    if (faults >= FAULTS_IN_A_ROW) throw await stuck(to, fault!);
    const tables = state.receiving?.tables ?? [];
    const open = tables.filter((table) => table.state !== "following");
    const rows = open.reduce((sum, table) => sum + Number(table.rows), 0);
    tell(`${tables.length - open.length} of ${count(tables.length, "table")}${rows > 0 ? `, ${rows.toLocaleString("en")} rows of the next` : ""}${state.receiving?.running ? "" : ", waiting for the connection"}`);
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

/** PostgreSQL's log says which row it was. */
async function stuck(side: Side, fault: string): Promise<UserError> {
  const said = (await replicationLog(side)).split("\n").filter(Boolean);
  return new UserError([`${side.runner.host}: ${fault}`, ...said.map((line) => `  ${line}`)].join("\n"), { hint: `mend that and run it again, or abort; deploy logs ${side.runner.host} --service postgres shows more` });
}

/** Numbers from sequences: the target counts where no other host does. */
async function ownNumbers(hands: Hands): Promise<void> {
  const { context, slug, data, gathered: { description: { tenancy }, target: { host: { name: own } } } } = hands;
  const target = await databaseOf(hands, "target");
  const others: Side[] = [];
  for (const { name } of context.fleet.hosts.filter(({ name }) => name !== own)) {
    try {
      const side = await sideThere(context, { host: context.host(name), outputs: await context.outputs(name) }, slug);
      if (side.there) others.push(side);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.report.event({ type: "note", host: name, message: `could not be asked how far its sequences are: ${error.message.split("\n")[0]}` });
    }
  }
  await separateNumbers(target, others, data, (await look(target, tenancy)).sequences);
}
