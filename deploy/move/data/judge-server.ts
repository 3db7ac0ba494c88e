/** What the two servers must have for changes to flow between them. */
import type { Inventory } from "./inventory.ts";
import type { Fault } from "./judge.ts";
import { MOVE_PREFIX } from "./names.ts";
import { ident } from "./quote.ts";

/** One slot for the stream, two for tables that are being copied. */
const SLOTS = 3;

/** `name`: of the host, for the sentences. `extensions`: whether those of the other side are wanted here. */
export function judgeServer(name: string, { server }: Inventory): Fault[] {
  const faults: Fault[] = [];
  if (!server.superuser) faults.push({ what: `the database's login on ${name} is no superuser; only one may copy past row-level security and follow changes`, mend: [] });
  if (server.walLevel !== "logical") faults.push({ what: `PostgreSQL on ${name} runs with wal_level ${server.walLevel}; changes cannot be followed`, mend: ["ALTER SYSTEM SET wal_level = 'logical'; -- then restart PostgreSQL"] });
  if (server.version < 150_000) faults.push({ what: `PostgreSQL on ${name} is version ${major(server.version)}; row filters need 15`, mend: [] });
  for (const [what, setting, { used, limit }] of [["replication slots", "max_replication_slots", server.slots], ["WAL senders", "max_wal_senders", server.senders]] as const) {
    if (limit - used < SLOTS) faults.push({ what: `${name} has ${limit - used} of ${limit} ${what} free; a move needs ${SLOTS}`, mend: [`ALTER SYSTEM SET ${setting} = ${limit + SLOTS}; -- then restart PostgreSQL`] });
  }
  return faults;
}

export function judgePair(source: Inventory, target: Inventory): Fault[] {
  const faults: Fault[] = [];
  const [from, to] = [major(source.server.version), major(target.server.version)];
  if (to < from) faults.push({ what: `the target has PostgreSQL ${to}, the source ${from}; a move goes to the same version or a newer one`, mend: [] });
  if (source.server.encoding !== target.server.encoding) faults.push({ what: `the source stores text as ${source.server.encoding}, the target as ${target.server.encoding}`, mend: [] });
  for (const [extension, version] of Object.entries(source.extensions)) {
    if (target.extensions[extension] !== undefined) continue;
    if (target.available[extension] === undefined) faults.push({ what: `the extension ${extension} ${version} is not there on the target, and its PostgreSQL does not bring it`, mend: [] });
    else faults.push({ what: `the extension ${extension} is not installed in the target's database`, mend: [`CREATE EXTENSION IF NOT EXISTS ${ident(extension)};`], on: "target", byCopy: true });
  }
  return faults;
}

export function warnOfServers(source: Inventory, target: Inventory | undefined): string[] {
  const sides = [["source", source] as const, ...(target ? [["target", target] as const] : [])];
  return [
    ...sides.filter(([, { server }]) => server.slotKeepMegabytes < 0).map(([side]) => `the ${side} keeps WAL for a slot without bound (max_slot_wal_keep_size); a move that is forgotten fills its disk`),
    ...(target && source.server.collation !== target.server.collation ? [`text is sorted by ${source.server.collation} on the source and by ${target.server.collation} on the target`] : []),
    ...Object.entries(source.extensions).filter(([name, version]) => target?.extensions[name] !== undefined && target.extensions[name] !== version)
      .map(([name, version]) => `the extension ${name} has version ${version} on the source and ${target!.extensions[name]} on the target`),
    ...source.subscriptions.filter((name) => !name.startsWith(MOVE_PREFIX)).map((name) => `the source receives changes by the subscription ${name}; those are not passed on, since they have another origin`),
    ...source.materializedViews.map((view) => `the materialized view ${view} has to be refreshed on the target: REFRESH MATERIALIZED VIEW ${view};`),
  ];
}

export const major = (version: number): number => Math.floor(version / 10_000);
