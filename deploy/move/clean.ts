/** Taking a move off its hosts: what `abort` and `finish` share. Each act may be done again, and each host by itself: the other may be dead. */
import { countFiles, parseFileCount } from "../host/file-count.ts";
import { removeFiles } from "../host/customer-files.ts";
import { disarmLate } from "../host/late.ts";
import { leaveRoom } from "../host/room.ts";
import { endMove } from "../host/own-route.ts";
import { listRoutes, parseRoutes } from "../host/proxy.ts";
import { removeMoveMark } from "../host/moves.ts";
import { TENANTS } from "../host/paths.ts";
import { mustRun } from "../remote/runner.ts";
import { count } from "../report/units.ts";
import { wantedOf } from "../rollout/wanted.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { countOf, dropDatabase, dropEmptied, forgetMove, removeCustomer, stopCarrying } from "./data/finish.ts";
import { moveNames } from "./data/names.ts";
import { sql } from "./data/psql.ts";
import { literal } from "./data/quote.ts";
import type { DataMove } from "./data/tenancy.ts";
import { dropSnapshots } from "./flip/program.ts";
import type { HostNow } from "./host-now.ts";
import { closeLinkOn } from "./link.ts";
import { hostSide, sideOf, sideThere } from "./side.ts";
import { allHostnames } from "../../model/fleet.ts";

export interface Remains { slug: string; data: DataMove; folders: readonly string[] }

/** `other`: of the other side's server, to find slots of tables that were being copied. */
export async function stopOn(context: Context, now: HostNow, slug: string, other?: string): Promise<void> {
  const side = await sideThere(context, now, slug);
  await mustRun(side.runner, "closing the snapshots", dropSnapshots(slug));
  await sql(side, "ending the flip's sessions", endSessions(slug));
  await stopCarrying(side, slug, other);
}

/** What a flip of this customer keeps open: a snapshot, or a watchdog's connections that stand ready. */
const endSessions = (slug: string): string => `select pg_terminate_backend(pid, 3000) from pg_stat_activity where starts_with(application_name, ${literal(`${moveNames(slug).schema} `)}) and pid <> pg_backend_pid() \\g /dev/null\n`;

export interface Left { rows: number; tables: [table: string, rows: number][]; files: { count: number; bytes: number } }

/** What the customer still has on a host. */
export async function leftOn(context: Context, now: HostNow, { slug, data, folders }: Remains): Promise<Left> {
  const side = await sideThere(context, now, slug);
  const tables = Object.entries(side.there ? await countOf(side, data) : {}).filter(([, rows]) => rows > 0);
  const files = parseFileCount(await mustRun(await context.connect(now.host.name), "counting files", countFiles(now.outputs.dataPath, folders), { timeout: 600_000 }));
  return { tables, files, rows: tables.reduce((sum, [, rows]) => sum + rows, 0) };
}

/** Rows and files of the customer, on a host that it is not served by; after stopOn on both. */
export async function removeFrom(context: Context, now: HostNow, remains: Remains): Promise<string> {
  const { slug, folders } = remains;
  const before = await leftOn(context, now, remains);
  const runner = await context.connect(now.host.name);
  // Its app knows the customer no longer, whatever it was told last.
  if (now.host.customers.some((one) => one.slug === slug)) await mustRun(runner, "noting that the app has to be told of its customers", ["rm", "-f", TENANTS]);
  const rows = await removeRowsFrom(context, now, remains, before);
  await mustRun(runner, "removing files", removeFiles(now.outputs.dataPath, folders), { timeout: 3600_000 });
  return `${count(rows, "row")}, ${count(before.files.count, "file")}`;
}

/** How many. A customer's own database goes with them; when it is gone, its rows are. */
async function removeRowsFrom(context: Context, now: HostNow, { slug, data }: Remains, { rows }: Left): Promise<number> {
  const side = await sideOf(context, now, slug);
  if (!context.fleet.platform.app.databasePerCustomer) return Object.values(await removeCustomer(side, data)).reduce((sum, amount) => sum + amount, 0);
  if ((await sideThere(context, now, slug)).there) await dropDatabase(side, await hostSide(context, now), slug);
  return rows;
}

/** The same where the guard may be gone already, or was never made: `otherwise` says so. */
export async function removeIfGuarded(context: Context, now: HostNow, remains: Remains, otherwise: string): Promise<string> {
  try {
    return await removeFrom(context, now, remains);
  } catch (error) {
    if (!(error instanceof UserError && /there is no fence/.test(error.message))) throw error;
    await dropIfEmpty(context, now, remains);
    return otherwise;
  }
}

/** A database of the customer's own that nothing was copied to. */
async function dropIfEmpty(context: Context, now: HostNow, remains: Remains): Promise<void> {
  const [side, host] = await Promise.all([sideOf(context, now, remains.slug), hostSide(context, now)]);
  if (side.database.name !== host.database.name && (await leftOn(context, now, remains)).rows === 0) await dropEmptied(side, host);
}

/** The customer's own route and waiting room; its names are the app's again, where the host serves it. */
export async function unrouteOn(context: Context, now: HostNow, slug: string): Promise<void> {
  const runner = await context.connect(now.host.name);
  await mustRun(runner, "taking the watchdog of late requests away", disarmLate(slug), { timeout: 120_000 });
  const { platform } = context.fleet;
  const common = { healthPath: platform.app.health.ready, drainSeconds: platform.rollout.drainSeconds, forwardHeaders: platform.proxied };
  const target = `${now.app.name}:${platform.app.port}`;
  const app = parseRoutes(await mustRun(runner, "reading routes", listRoutes()));
  const { routeHosts } = wantedOf(platform, now.host, now.outputs, now.release);
  const hosts = allHostnames(platform, context.fleet.customer(slug)!.customer);
  await mustRun(runner, "taking the customer's route away", endMove(slug, { target, hosts, ...common }, { target: app?.target ?? target, hosts: routeHosts, ...common }), { timeout: 120_000 });
  await mustRun(runner, "taking the waiting room away", leaveRoom(slug));
}

/** Objects in the database, the link, the note; last. */
export async function forgetOn(context: Context, now: HostNow, slug: string): Promise<void> {
  await forgetMove(await sideThere(context, now, slug), slug);
  const runner = await context.connect(now.host.name);
  await closeLinkOn(slug, { runner, outputs: now.outputs });
  await mustRun(runner, "removing the note of the move", removeMoveMark(slug));
}
