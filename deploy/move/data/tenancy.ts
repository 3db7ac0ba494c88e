/** Where a customer's rows lie, as its app says it (docs/app-contract.md, `describe`), and what a move makes of that. */

export interface Tenancy {
  /** The customer's key, as text or number. */
  key: string | number;
  /** In each table, those rows whose column has the key. A table without a schema is in `public`. */
  rows: { table: string; column: string }[];
  /** Tables of the host, which stay. */
  hostTables: string[];
  /** The whole database is this customer's (`app.databasePerCustomer`). */
  databasePerCustomer?: boolean;
}

export interface KeyColumn {
  name: string;
  /** As PostgreSQL writes it: `bigint`, `character varying(40)`. */
  type: string;
  /** Text: compared by bytes, since two hosts may sort by different rules. */
  collated: boolean;
}

/** A table of which the customer's rows move. */
export interface MovedTable {
  schema: string;
  name: string;
  /** Has the customer's key; null: all rows are the customer's. */
  column: string | null;
  /** What tells rows apart, without `column`; may be empty when the customer has one row at most. */
  key: KeyColumn[];
  /** Whether `column` is part of what tells rows apart: two customers may then use the same numbers. */
  columnInKey: boolean;
  columns: string[];
  partitioned: boolean;
}

/** A table that all customers share and that has to be on both sides. */
export interface ReferenceTable {
  schema: string;
  name: string;
  /** Without generated ones. */
  columns: string[];
  key: string[];
}

/** Everything the builders in this folder need to know of one move. */
export interface DataMove {
  slug: string;
  /** As text; PostgreSQL reads it as the column's type. */
  key: string;
  /** In an order in which rows can be inserted; the other way round they can be removed. */
  tables: MovedTable[];
  /** In an order in which rows can be inserted. */
  reference: ReferenceTable[];
}

/** `public.orders`, as it is shown and remembered; not for SQL. */
export const nameOf = ({ schema, name }: { schema: string; name: string }): string => `${schema}.${name}`;

/** A name as the app gives it. */
export const fullName = (table: string): string => (table.includes(".") ? table : `public.${table}`);
