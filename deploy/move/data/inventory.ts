/** What a database's catalogue says, as inspect.ts reads it. Names of tables are full: `public.orders`. */

export interface Column {
  name: string;
  type: string;
  notNull: boolean;
  generated: boolean;
  /** Of a type that PostgreSQL brings itself, no enum, domain or extension's. */
  builtIn: boolean;
  collated: boolean;
  /** A large object's number (`oid`, or the extension's `lo`). */
  largeObject: boolean;
}

export interface UniqueIndex {
  name: string;
  columns: string[];
  primary: boolean;
  /** Whether it can be a replica identity: valid, immediate, no expression, not partial. */
  plain: boolean;
}

export interface Table {
  table: string;
  schema: string;
  name: string;
  kind: "table" | "partitioned" | "foreign";
  /** Root of the partitions that this is one of. */
  partitionOf: string | null;
  /** Inherits in the old way, by INHERITS. */
  inherits: boolean;
  unlogged: boolean;
  rowSecurity: boolean;
  columns: Column[];
  unique: UniqueIndex[];
  /** Columns that an UPDATE or DELETE is known by; null: none; "full": all. */
  replicaIdentity: string[] | "full" | null;
  /** Triggers that run on replicated changes, too. */
  replicaTriggers: string[];
  bytes: number;
  /** Estimate. */
  rows: number;
}

export interface ForeignKey { name: string; table: string; references: string; deferrable: boolean }

export interface Sequence {
  /** Full name. */
  sequence: string;
  schema: string;
  name: string;
  type: "smallint" | "integer" | "bigint";
  /** As text: beyond what a number holds. */
  last: string;
  /** Columns whose default or identity it is. */
  uses: { table: string; column: string }[];
  cycles: boolean;
  increment: string;
}

export interface Inventory {
  server: {
    /** 180004 is 18.4. */
    version: number;
    systemIdentifier: string;
    walLevel: string;
    superuser: boolean;
    encoding: string;
    collation: string;
    slots: { used: number; limit: number };
    senders: { used: number; limit: number };
    /** Megabytes; -1 without bound. */
    slotKeepMegabytes: number;
  };
  /** Null: the customer's is not there, and this is of the server alone. */
  database: string | null;
  bytes: number;
  /** Installed, with version. */
  extensions: Record<string, string>;
  /** Could be installed, with default version. */
  available: Record<string, string>;
  tables: Table[];
  foreignKeys: ForeignKey[];
  sequences: Sequence[];
  largeObjects: number;
  materializedViews: string[];
  publications: string[];
  subscriptions: string[];
  /** Rows and bytes of the customer by table, estimated by the planner; null where the table or column is not there. */
  estimates: Record<string, { rows: number; bytes: number } | null>;
}
