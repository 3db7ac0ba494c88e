/** What is found on the hosts before a move is planned. Reads only. */
import { GO_ON, unprotected } from "../backup/protection.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { countFiles, parseFileCount } from "../host/file-count.ts";
import { mustRun } from "../remote/runner.ts";
import type { Inventory } from "./data/inventory.ts";
import { inspect, parseInventory } from "./data/inspect.ts";
import { judge, type Verdict } from "./data/judge.ts";
import { sql } from "./data/psql.ts";
import type { Tenancy } from "./data/tenancy.ts";
import { describedBy, type Description } from "./description.ts";
import { type HostNow, lookNow } from "./host-now.ts";
import type { MoveFacts, MoveFault } from "./plan.ts";
import { sideThere } from "./side.ts";
import type { Target } from "./target.ts";

export interface Gathered {
  facts: MoveFacts;
  source: HostNow;
  /** Absent while it is not there. */
  target: HostNow | undefined;
  description: Description;
  verdict: Verdict;
  /** PostgreSQL's own names of the two servers. */
  systems: { source: string; target: string | undefined };
}

/** A catalogue may be large, and a busy server slow. */
const TIMEOUT = 120_000;
/** So much has to be free on the target besides what comes: indexes are built, WAL is written. */
const ROOM = 1.5;

/** @throws UserError when a host can't be reached or is not well. */
export async function gatherMove(context: Context, { customer: { slug }, from, to }: Pick<Target, "customer" | "from" | "to">): Promise<Gathered> {
  const [source, target] = await Promise.all([lookNow(context, from), lookTarget(context, to)]);
  const runner = await context.connect(from);
  const said = await describedBy(runner, source.release, slug);
  const description = { ...said, tenancy: { ...said.tenancy, databasePerCustomer: context.fleet.platform.app.databasePerCustomer } };
  const inventories = await Promise.all([source, ...(target ? [target] : [])].map((side) => lookInto(context, side, slug, description.tenancy)));
  const [first, second] = inventories as [Inventory, Inventory | undefined];
  // Who comes down to a shared host has no database there yet; who left has none there any more.
  const verdict = first.database === null && second && second.database !== null
    ? judge(slug, description.tenancy, second, first, { source: to, target: from })
    : judge(slug, description.tenancy, first, second, { source: from, target: to });
  const files = parseFileCount(await mustRun(runner, "counting files", countFiles(source.outputs.dataPath, description.folders), { timeout: 600_000 }));
  const tables = Object.entries(verdict.sizes).map(([name, size]) => ({ name, ...size }));
  const bytes = tables.reduce((sum, table) => sum + table.bytes, files.bytes);
  const facts: MoveFacts = {
    release: source.release.version, strategy: { name: verdict.strategy, reason: verdict.reason }, tables, files, targetUp: target !== undefined,
    faults: [...(first.database === null ? [{ message: `${from} has no database of ${slug}`, mend: "deploy apply: the app's command `tenants` makes it" }] : []), ...verdict.faults.filter(({ byCopy, byPreparation }) => !byCopy && !byPreparation).map(({ what, mend }): MoveFault => ({ message: what, mend: mend.length > 0 ? mend.join("\n") : null })), ...diskFaults(target, bytes)],
    remarks: [...verdict.warnings, ...verdict.faults.filter(({ byPreparation }) => byPreparation).map(({ what }) => `${what}; the move makes an index for that`)],
  };
  return { facts, source, target, description, verdict, systems: { source: first.server.systemIdentifier, target: second?.server.systemIdentifier } };
}

/** Of the customer's database; of the server alone where that is not there yet, or no more. */
async function lookInto(context: Context, now: HostNow, slug: string, tenancy: Tenancy): Promise<Inventory> {
  const side = await sideThere(context, now, slug);
  const found = parseInventory(await sql(side, "reading the catalogue", inspect(tenancy), TIMEOUT));
  return side.there ? found : { ...found, database: null, bytes: 0, extensions: {}, tables: [], foreignKeys: [], sequences: [], largeObjects: 0, materializedViews: [], publications: [], subscriptions: [], estimates: {} };
}

/** A host that is not in the files, has no stack yet or no release, is made by the move. */
async function lookTarget(context: Context, name: string): Promise<HostNow | undefined> {
  if (!context.fleet.host(name)) return undefined;
  try {
    await context.outputs(name);
    return await lookNow(context, name);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** A customer leaves no host whose backups nobody has restored lately, unless somebody answers for it. */
export function provedFacts({ platform }: Pick<Context["fleet"], "platform">, { host, seen }: Pick<HostNow, "host" | "seen">, facts: MoveFacts, withoutProof: string | undefined): MoveFacts {
  const fault = unprotected(host.name, platform, seen, platform.rollout.backupMaxAgeHours);
  if (!fault) return facts;
  if (withoutProof !== undefined) return { ...facts, remarks: [...facts.remarks, `goes on although of ${host.name}, ${fault.message}: ${withoutProof}`] };
  return { ...facts, faults: [...facts.faults, { message: `${host.name}: ${fault.message}`, mend: `${fault.mend}; ${GO_ON}` }] };
}

export function diskFaults(target: Pick<HostNow, "host" | "seen" | "outputs"> | undefined, bytes: number): MoveFault[] {
  const disk = target?.seen.disks.find(({ path }) => path === target.outputs.dataPath);
  if (!disk || disk.free >= bytes * ROOM) return [];
  return [{ message: `${target!.host.name} has ${Math.floor(disk.free / 1e6)} MB free at ${disk.path}; the move needs ${Math.ceil(bytes * ROOM / 1e6)} MB`, mend: "a larger volume: tiers.TIER.volumeGigabytes in hosting.yaml, then pulumi up" }];
}
