/** Catalogues as tests need them: a database in order, and what differs. */
import type { Column, Inventory, Table } from "../../../../deploy/move/data/inventory.ts";

export const column = (name: string, more: Partial<Column> = {}): Column => ({ name, type: "bigint", notNull: true, generated: false, builtIn: true, collated: false, largeObject: false, ...more });

/** `key`: its columns, which are the primary key. */
export function table(name: string, key: string[], more: Partial<Table> = {}): Table {
  return {
    table: `public.${name}`, schema: "public", name, kind: "table", partitionOf: null, inherits: false, unlogged: false, rowSecurity: false,
    columns: [...new Set(["tenant", ...key, "note"])].map((each) => column(each, each === "note" ? { type: "text", notNull: false, collated: true } : {})),
    unique: key.length > 0 ? [{ name: `${name}_pkey`, columns: key, primary: true, plain: true }] : [], replicaIdentity: key.length > 0 ? key : null,
    replicaTriggers: [], bytes: 8192, rows: 10, ...more,
  };
}

export function inventory(tables: Table[], more: Partial<Inventory> = {}): Inventory {
  return {
    server: { version: 180_004, systemIdentifier: "1", walLevel: "logical", superuser: true, encoding: "UTF8", collation: "c en_US.utf8", slots: { used: 0, limit: 10 }, senders: { used: 0, limit: 10 }, slotKeepMegabytes: 2048 },
    database: "app", bytes: 1e6, extensions: { plpgsql: "1.0" }, available: { plpgsql: "1.0" }, tables, foreignKeys: [], sequences: [], largeObjects: 0, materializedViews: [], publications: [], subscriptions: [], estimates: {}, ...more,
  };
}
