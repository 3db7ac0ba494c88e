/** What a table must have for its rows to be followed, fenced, compared and brought back. */
import { identityFits, keyOf, mendIdentity } from "./identity.ts";
import type { Inventory, Table } from "./inventory.ts";
import type { Fault } from "./judge.ts";
import { ident, qualified } from "./quote.ts";

export interface Surroundings {
  source: Inventory;
  /** Tables that stay. */
  host: ReadonlySet<string>;
  /** Tables with customers' rows. */
  customers: ReadonlySet<string>;
}

/** `column` null: all rows are the customer's. */
export function judgeTable(table: Table, column: string | null, { source, host, customers }: Surroundings): Fault[] {
  const name = qualified(table.schema, table.name);
  const fault = (what: string, ...mend: string[]): Fault => ({ table: table.table, what, mend });
  if (table.kind === "foreign") return [fault(`${table.table} is a foreign table; its rows are not here`)];
  const faults: Fault[] = [];
  const owner = column === null ? undefined : table.columns.find((each) => each.name === column);
  if (column !== null && !owner) return [fault(`${table.table} has no column ${column}, which the app names`, `ALTER TABLE ${name} ADD COLUMN ${ident(column)} bigint;`)];
  if (owner?.generated) faults.push(fault(`the column ${column} of ${table.table} is generated; rows cannot be filtered by it`));
  if (owner && !owner.builtIn) faults.push(fault(`the column ${column} of ${table.table} has the type ${owner.type}; rows can be filtered by PostgreSQL's own types only`, `ALTER TABLE ${name} ALTER COLUMN ${ident(column!)} TYPE text;`));
  if (table.unlogged) faults.push(fault(`${table.table} is unlogged; its changes cannot be followed`, `ALTER TABLE ${name} SET LOGGED;`));
  if (table.inherits) faults.push(fault(`${table.table} uses INHERITS; its rows would be followed twice or not at all`));
  faults.push(...identityFaults(table, column, source), ...keyFaults(table), ...largeObjects(table, source), ...sequenceFaults(table, source));
  for (const key of source.foreignKeys) {
    if (key.table === table.table && host.has(key.references)) faults.push(fault(`${table.table} refers to ${key.references}, which stays on its host`, `ALTER TABLE ${name} DROP CONSTRAINT ${ident(key.name)};`));
    if (key.references === table.table && !customers.has(key.table)) {
      const other = source.tables.find(({ table: each }) => each === key.table)!;
      faults.push(fault(`${key.table} refers to ${table.table}, and has no rows of its own per customer`, `ALTER TABLE ${qualified(other.schema, other.name)} DROP CONSTRAINT ${ident(key.name)};`));
    }
  }
  return faults;
}

/** A partition's changes are known by the partition's own replica identity. */
function identityFaults(table: Table, column: string | null, source: Inventory): Fault[] {
  const stored = table.kind === "partitioned" ? source.tables.filter(({ partitionOf, kind }) => partitionOf === table.table && kind === "table") : [table];
  return stored.filter((each) => !identityFits(each, column)).map((each) => {
    const mend = mendIdentity(each, column);
    const key = keyOf(each);
    const why = key === null ? "has no primary key" : column === null ? "has no replica identity" : `is known by (${Array.isArray(each.replicaIdentity) ? each.replicaIdentity.join(", ") : "nothing"}), without ${column}`;
    return {
      table: each.table, what: `${each.table} ${why}: its changes cannot be filtered by customer`,
      mend: mend ?? [`ALTER TABLE ${qualified(each.schema, each.name)} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;`], byPreparation: mend !== null,
    };
  });
}

/** Without a key, rows can neither be compared one by one nor told apart. */
function keyFaults(table: Table): Fault[] {
  if (table.kind !== "partitioned" || keyOf(table) !== null) return [];
  return [{ table: table.table, what: `${table.table} has no primary key over all its partitions: rows cannot be compared`, mend: [] }];
}

function largeObjects(table: Table, source: Inventory): Fault[] {
  const name = qualified(table.schema, table.name);
  return source.largeObjects === 0 ? [] : table.columns.filter(({ largeObject }) => largeObject).map((column) => ({
    table: table.table, what: `the column ${column.name} of ${table.table} may point to large objects, which cannot be followed`,
    mend: [`ALTER TABLE ${name} ADD COLUMN ${ident(`${column.name}_bytes`)} bytea;`, `UPDATE ${name} SET ${ident(`${column.name}_bytes`)} = lo_get(${ident(column.name)});`, `ALTER TABLE ${name} DROP COLUMN ${ident(column.name)};`],
  }));
}

/** Every host needs a range of numbers of its own (bands.ts). */
function sequenceFaults(table: Table, source: Inventory): Fault[] {
  return source.sequences.filter(({ uses, type, cycles }) => type === "smallint" && !cycles && uses.some((use) => use.table === table.table)).map((sequence) => ({
    table: table.table, what: `the sequence ${sequence.sequence} counts in smallint: too few numbers to give each host its own`,
    mend: [
      ...sequence.uses.map((use) => `ALTER TABLE ${use.table.split(".").map(ident).join(".")} ALTER COLUMN ${ident(use.column)} TYPE bigint;`),
      `ALTER SEQUENCE ${qualified(sequence.schema, sequence.name)} AS bigint;`,
    ],
  }));
}

/** Tables of nobody: they are copied, and must be told apart to be copied twice. */
export function judgeReference(shared: readonly Table[], circle: readonly string[], columns: ReadonlyMap<string, string | null>, source: Inventory): Fault[] {
  const keys = new Set([...columns.values()].filter((column) => column !== null && column !== "id"));
  return shared.flatMap((table): Fault[] => {
    const name = qualified(table.schema, table.name);
    const tenant = table.columns.find((column) => keys.has(column.name));
    if (tenant) return [{ table: table.table, what: `${table.table} has the column ${tenant.name}, and the app does not name it: the customer's rows would stay behind`, mend: [] }];
    const faults: Fault[] = [];
    if (keyOf(table) === null) faults.push({ table: table.table, what: `${table.table} belongs to no customer and has no primary key: it cannot be copied twice`, mend: [`ALTER TABLE ${name} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;`] });
    if (circle.includes(table.table)) {
      const [key] = source.foreignKeys.filter((each) => each.table === table.table && circle.includes(each.references));
      faults.push({ table: table.table, what: `${circle.join(" and ")} refer to each other: no order in which they can be copied`, mend: key ? [`ALTER TABLE ${name} ALTER CONSTRAINT ${ident(key.name)} DEFERRABLE;`] : [] });
    }
    return faults;
  });
}
