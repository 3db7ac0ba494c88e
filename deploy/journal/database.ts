/** What the journal needs of a database; SQLite and PostgreSQL each make one. */

export type Value = string | number | boolean | null;
export type Row = Record<string, unknown>;
/** Values are `$1`, `$2`, … in the text. Resolves with the rows that the statement returns. */
export type Run = (sql: string, values?: readonly Value[]) => Promise<Row[]>;

export interface Database {
  /** Names as the database has them, with their schema. */
  readonly tables: { readonly operations: string; readonly steps: string; readonly locks: string; readonly releases: string };
  /** Ends a select whose rows the transaction is going to change. */
  readonly forUpdate: string;
  readonly run: Run;
  /** All or nothing, and nobody sees the half. */
  atomically<T>(work: (run: Run) => Promise<T>): Promise<T>;
  /** ISO time by the database's own clock; `given` when it has none. */
  clock(run: Run, given: string): Promise<string>;
  close(): Promise<void>;
}
