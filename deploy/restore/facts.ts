/** What is found on a customer's host before a restore is planned. Reads only. */
import type { Context } from "../context.ts";
import { Refused } from "../errors.ts";
import { listDatabaseBackups, parseDatabaseBackups } from "../host/database-backups.ts";
import { parseRestoreSeen, type RestoreSeen, seeRestore } from "../host/restores.ts";
import { LIVING } from "../host/scratch.ts";
import { listSnapshots, parseSnapshots, type Snapshot } from "../host/snapshots.ts";
import { type HostNow, lookNow } from "../move/host-now.ts";
import { customerOf } from "../move/target.ts";
import { mustRun, type Runner } from "../remote/runner.ts";
import type { RestoreFacts } from "./plan.ts";
import { placeOf } from "./place.ts";

export interface GatheredRestore { facts: RestoreFacts; now: HostNow }

/** A store far away takes its time to list. */
const TIMEOUT = 120_000;

/** The host that serves a customer. @throws UserError (usage) with the nearest slug. */
export const hostOfCustomer = (context: Pick<Context, "fleet">, slug: string): string => {
  customerOf(context.fleet, slug);
  return context.fleet.customer(slug)!.host.name;
};

/** @throws UserError when the host can't be reached or is not well. */
export async function gatherRestore(context: Context, slug: string): Promise<GatheredRestore> {
  if (context.fleet.platform.app.databasePerCustomer) throw new Refused("one customer can be taken back only where all of a host lie in one database; hosting.yaml says app.databasePerCustomer", "deploy restore host brings a whole host back, with every database");
  const now = await lookNow(context, hostOfCustomer(context, slug));
  const { host: { name: host }, outputs, seen: { clock, disks, moves }, release: { version: release } } = now;
  const runner = await context.connect(host);
  const silent: string[] = [];
  const tried = async <T>(what: string, ask: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      silent.push(`${host} does not say which ${what} it has: ${error instanceof Error ? error.message.split("\n").at(-1)!.trim() : String(error)}`);
      return otherwise;
    }
  };
  const [seen, backups, snapshots] = await Promise.all([
    seeOn(runner, outputs, host, slug),
    tried("backups of its database", async () => parseDatabaseBackups(await mustRun(runner, "listing backups", listDatabaseBackups(LIVING, host), { timeout: TIMEOUT })), []),
    tried<Snapshot[] | null>("snapshots of files", async () => parseSnapshots(await mustRun(runner, "listing snapshots", listSnapshots("files"), { timeout: TIMEOUT })), null),
  ]);
  const free = disks.find(({ path }) => path === outputs.dataPath)?.free ?? 0;
  return { now, facts: { slug, host, release, clock, backups, snapshots, free, seen, moves, silent } };
}

export const seeOn = async (runner: Runner, outputs: HostNow["outputs"], host: string, slug: string): Promise<RestoreSeen> =>
  parseRestoreSeen(await mustRun(runner, "looking for a restore", seeRestore(slug, placeOf(outputs, host, slug, { at: "", since: "" }).archive), { timeout: 60_000 }));
