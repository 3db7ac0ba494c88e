/** From what a database has and what the app says: what moves, by which strategy, and what stands in the way. Pure. */
import { keyOf } from "./identity.ts";
import type { Inventory, Table } from "./inventory.ts";
import { judgePair, judgeServer, warnOfServers } from "./judge-server.ts";
import { judgeReference, judgeTable } from "./judge-tables.ts";
import { insertOrder } from "./order.ts";
import { type DataMove, fullName, type MovedTable, type ReferenceTable, type Tenancy } from "./tenancy.ts";

export interface Fault {
  table?: string;
  /** A sentence without full stop. */
  what: string;
  /** Statements that mend it, in this order; empty when no statement can. */
  mend: string[];
  /** Where they belong; the source when absent. */
  on?: "target";
  /** Mended by copying the schema to an empty target. */
  byCopy?: boolean;
  /** Mended by prepareIdentities, without asking the app's developers. */
  byPreparation?: boolean;
}

export type Strategy = "rows" | "database" | "directory";

export interface Verdict {
  strategy: Strategy;
  reason: string;
  move: DataMove;
  faults: Fault[];
  warnings: string[];
  /** By table, estimated. */
  sizes: Record<string, { rows: number; bytes: number }>;
}

/** `target` is absent while it is not provisioned. `names`: of the hosts, for the sentences. */
export function judge(slug: string, tenancy: Tenancy, source: Inventory, target?: Inventory, names = { source: "the source", target: "the target" }): Verdict {
  const { strategy, reason } = strategyOf(tenancy, source);
  const servers = [...judgeServer(names.source, source), ...(target ? [...judgeServer(names.target, target), ...judgePair(source, target)] : [])];
  if (strategy === "directory") return { strategy, reason, move: { slug, key: String(tenancy.key), tables: [], reference: [] }, faults: [...servers, ...forgotten(tenancy, source)], warnings: warnOfServers(source, target), sizes: {} };

  const roots = source.tables.filter(({ partitionOf }) => partitionOf === null);
  const byName = new Map(roots.map((table) => [table.table, table]));
  const columns = columnsOf(strategy, tenancy, roots);
  const host = new Set(strategy === "rows" ? tenancy.hostTables.map(fullName) : []);
  const shared = roots.filter(({ table, kind }) => kind !== "foreign" && !columns.has(table) && !host.has(table));

  const order = insertOrder([...columns.keys()].filter((table) => byName.has(table)), source.foreignKeys);
  const referenceOrder = insertOrder(shared.map(({ table }) => table), source.foreignKeys.filter(({ deferrable }) => !deferrable));
  const moved = order.sorted.map((name) => movedTable(byName.get(name)!, columns.get(name)!));

  const faults: Fault[] = [
    ...servers,
    ...[...columns.keys()].filter((table) => !byName.has(table)).map((table) => ({ table, what: `the app names the table ${table}, which is not there`, mend: [] })),
    ...order.sorted.flatMap((name) => judgeTable(byName.get(name)!, columns.get(name)!, { source, host, customers: new Set(columns.keys()) })),
    ...judgeReference(shared, referenceOrder.circle, columns, source),
  ];
  return {
    strategy, reason, faults,
    move: { slug, key: String(tenancy.key), tables: moved, reference: referenceOrder.sorted.map((name) => referenceTable(byName.get(name)!)) },
    warnings: [
      ...warnOfServers(source, target),
      ...source.sequences.filter(({ uses, cycles }) => uses.length === 0 && !cycles).map(({ sequence }) => `the sequence ${sequence} fills no column by itself; the app must see to it that two hosts never get the same number from it`),
      ...warnOfTables(order.sorted.map((name) => byName.get(name)!), shared, strategy),
    ],
    sizes: Object.fromEntries(order.sorted.map((name) => [name, source.estimates[name] ?? { rows: byName.get(name)!.rows, bytes: byName.get(name)!.bytes }])),
  };
}

function strategyOf(tenancy: Tenancy, source: Inventory): { strategy: Strategy; reason: string } {
  if (tenancy.databasePerCustomer) return { strategy: "database", reason: `the database ${source.database ?? "that is missing"} is this customer's alone; all of it is followed` };
  if (tenancy.rows.length > 0) return { strategy: "rows", reason: `the app names ${tenancy.rows.length} tables whose rows have the customer's key; only those rows are followed` };
  if (source.tables.length === 0) return { strategy: "directory", reason: "the database has no tables; only files move" };
  return { strategy: "directory", reason: "all tables are the host's; only files move" };
}

/** An app that leaves tables out of `describe` would lose their rows without a word. */
function forgotten({ hostTables }: Tenancy, { tables }: Inventory): Fault[] {
  const host = new Set(hostTables.map(fullName));
  const open = tables.filter(({ table, kind, partitionOf }) => kind !== "foreign" && partitionOf === null && !host.has(table)).map(({ table }) => table);
  const [are, them] = open.length === 1 ? ["is", "it"] : ["are", "them"];
  return open.length === 0 ? [] : [{ what: `the app names no table with rows of a customer, and does not say either that ${open.join(", ")} ${are} the host's: rows in ${them} would stay behind`, mend: [] }];
}

/** Table → column with the customer's key. */
function columnsOf(strategy: Strategy, tenancy: Tenancy, roots: readonly Table[]): Map<string, string | null> {
  if (strategy === "database") return new Map(roots.filter(({ kind }) => kind !== "foreign").map(({ table }) => [table, null]));
  return new Map(tenancy.rows.map(({ table, column }) => [fullName(table), column]));
}

function movedTable(table: Table, column: string | null): MovedTable {
  const whole = keyOf(table) ?? [];
  const key = whole.filter((name) => name !== column);
  return {
    schema: table.schema, name: table.name, column, columnInKey: key.length < whole.length, partitioned: table.kind === "partitioned",
    key: key.map((name) => table.columns.find((each) => each.name === name)!).map(({ name, type, collated }) => ({ name, type, collated })),
    columns: table.columns.map(({ name }) => name),
  };
}

const referenceTable = (table: Table): ReferenceTable =>
  ({ schema: table.schema, name: table.name, columns: table.columns.filter(({ generated }) => !generated).map(({ name }) => name), key: keyOf(table) ?? [] });

/** Bytes from which a table that is copied whole deserves a word. */
const LARGE = 100e6;

function warnOfTables(moved: readonly Table[], shared: readonly Table[], strategy: Strategy): string[] {
  return [
    ...moved.flatMap(({ table, replicaTriggers }) => replicaTriggers.map((name) => `the trigger ${name} of ${table} runs on replicated changes, too: once on each side`)),
    ...(strategy === "rows" ? shared.filter(({ bytes }) => bytes > LARGE).map(({ table, bytes }) => `${table} belongs to no customer and is copied whole (${Math.round(bytes / 1e6)} MB)`) : []),
  ];
}
