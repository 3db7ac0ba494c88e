/** Runs SQL on a host's database. The text travels on standard input, so nothing of it is in an argument. */
import type { Command } from "../../host/command.ts";
import type { Database } from "../../host/postgres.ts";
import { mustRun, type Runner } from "../../remote/runner.ts";
import { literal } from "./quote.ts";

/** One of the two databases of a move. */
export interface Side {
  runner: Runner;
  database: Database;
  /** Container of PostgreSQL on that host. */
  container: string;
}

export const CONTAINER = "postgres";

/** Rows without decoration, fields by `|`; ends with the first fault. */
export const psql = ({ container, database }: Pick<Side, "container" | "database">): Command =>
  ["docker", "exec", "-i", container, "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", database.user, "-d", database.name];

/** `true` or `false`; asked of any database of the server. */
export const isThere = ({ name }: Database): string => `select to_json(exists (select from pg_database where datname = ${literal(name)}));\n`;

/** `purpose`: in the words of the error. `timeout` in milliseconds. Throws CommandFailed. */
export const sql = (side: Side, purpose: string, text: string, timeout = 120_000): Promise<string> =>
  mustRun(side.runner, purpose, psql(side), { stdin: text, timeout });

/** The one value that the statement prints, from JSON; psql prints nothing for null. */
export async function ask<T>(side: Side, purpose: string, text: string, timeout?: number): Promise<T> {
  return JSON.parse((await sql(side, purpose, text, timeout)).trim() || "null") as T;
}
