/** The customer's rows: copied, then followed, in both directions. */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { count } from "../../report/units.ts";
import { removeCustomer } from "../data/finish.ts";
import { look, separateNumbers } from "../data/prepare.ts";
import { ask, type Side } from "../data/psql.ts";
import { analyzeCopy, copied, replicationFault, replicationLog, replicationState, startReplication, startWayBack } from "../data/replicate.ts";
import { awaitWriters } from "../data/writers.ts";
import { type Direction, isSubscribed } from "../data/replication.ts";
import { sideOf } from "../facts.ts";
import { addressFrom, databaseOf, type Hands } from "../hands.ts";

const POLL_MS = 500;
/** A failed try is followed by another after some seconds: a connection that was lost counts as one, too. */
const FAULTS_IN_A_ROW = 10;

export interface ReplicateOptions { signal: AbortSignal; goOn(): void; tell(text: string): void }

export async function replicate(hands: Hands, options: ReplicateOptions): Promise<string> {
  const { slug, data } = hands;
  const [source, target] = await Promise.all([databaseOf(hands, "source"), databaseOf(hands, "target")]);
  // The app was told of the customer when its release came; the guard is closed there, so nobody works with that.
  if (!await ask<boolean>(target, "looking for a subscription", isSubscribed(slug, "out"))) {
    await removeCustomer(target, data, 0);
    // PostgreSQL begins a slot when every transaction is over that has written, whoever's it is, and says nothing meanwhile.
    await awaitWriters(source, options);
  }
  await startReplication(source, target, data, addressFrom(hands, "target"));
  await untilCopied(hands, "out", options);
  options.tell("statistics");
  await analyzeCopy(await databaseOf(hands, "target"), data);
  await ownNumbers(hands);
  options.tell("the way back");
  await startWayBack(await databaseOf(hands, "source"), await databaseOf(hands, "target"), data, addressFrom(hands, "source"));
  await untilCopied(hands, "back", options);
  return count(data.tables.length, "table");
}

async function untilCopied(hands: Hands, direction: Direction, { goOn, signal, tell }: ReplicateOptions): Promise<void> {
  for (let faults = 0; ;) {
    goOn();
    const [source, target] = await Promise.all([databaseOf(hands, "source"), databaseOf(hands, "target")]);
    const [from, to] = direction === "out" ? [source, target] : [target, source];
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
  const { context, data, gathered: { description: { tenancy }, target: { host: { name: own } } } } = hands;
  const target = await databaseOf(hands, "target");
  const others: Side[] = [];
  for (const { name } of context.fleet.hosts.filter(({ name }) => name !== own)) {
    try {
      others.push(await sideOf(context, { host: context.host(name), outputs: await context.outputs(name) }));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.report.event({ type: "note", host: name, message: `could not be asked how far its sequences are: ${error.message.split("\n")[0]}` });
    }
  }
  await separateNumbers(target, others, data, (await look(target, tenancy)).sequences);
}
