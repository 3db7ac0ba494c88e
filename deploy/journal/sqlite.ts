/** The journal in a SQLite file. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import pLimit from "p-limit";
import pRetry from "p-retry";
import { messageOf } from "../errors.ts";
import { JournalAway } from "./away.ts";
import type { Database, Row, Run } from "./database.ts";
import type { Journal } from "./journal.ts";
import { sqlJournal } from "./sql-journal.ts";
import { sqliteMigrations } from "./sqlite-schema.ts";
import { pending } from "./versions.ts";

/** Busy, locked, read-only, input or output, corrupt, full, can't open, no database (https://www.sqlite.org/rescode.html). */
const AWAY: ReadonlySet<number> = new Set([5, 6, 8, 10, 11, 13, 14, 26]);
const BUSY = 5;

const faultOf = (error: unknown): number => ((error as { errcode?: number }).errcode ?? 0) & 0xff;

/** Opens or makes the file; several processes may have it open at once, and wait for one another this long. */
export function openSqlite(path: string, busyMilliseconds = 10_000): Journal {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const file = new DatabaseSync(path, { timeout: busyMilliseconds });
  // A write costs under a millisecond this way, and survives a killed process; the last ones may go with a power cut.
  file.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on");
  migrate(file, path);
  // From now on waiting is done between attempts: inside SQLite it would hold up everything else this program does.
  file.exec("pragma busy_timeout = 50");
  return sqlJournal(databaseOf(file, path, busyMilliseconds));
}

function migrate(file: DatabaseSync, path: string): void {
  const version = (): number => (file.prepare("pragma user_version").get() as { user_version: number }).user_version;
  if (pending(path, version(), sqliteMigrations).length === 0) return;
  file.exec("begin immediate");
  try {
    // Asked again: another process may have done it meanwhile.
    for (const sql of pending(path, version(), sqliteMigrations)) file.exec(sql);
    file.exec(`pragma user_version = ${sqliteMigrations.length}; commit`);
  } catch (error) {
    if (file.isTransaction) file.exec("rollback");
    throw error;
  }
}

function databaseOf(file: DatabaseSync, path: string, busyMilliseconds: number): Database {
  const prepared = new Map<string, StatementSync>();
  const execute: Run = async (sql, values = []) => {
    const statement = prepared.get(sql) ?? file.prepare(sql.replaceAll(/\$(\d+)/g, "?$1"));
    prepared.set(sql, statement);
    return statement.all(...values.map((value) => typeof value === "boolean" ? Number(value) : value)) as Row[];
  };
  // One connection: what belongs to no transaction waits until that is through.
  const inTurn = pLimit(1);
  const turn = <T>(work: () => Promise<T>): Promise<T> => inTurn(() => pRetry(work, {
    retries: Number.POSITIVE_INFINITY, minTimeout: 10, factor: 1.5, maxTimeout: 200, randomize: true, maxRetryTime: busyMilliseconds, shouldRetry: ({ error }) => faultOf(error) === BUSY,
  })).catch((error: unknown) => {
    if (!AWAY.has(faultOf(error))) throw error;
    throw new JournalAway(`the journal ${path} can't be used: ${messageOf(error)}`, { hint: "see to its disk, its permissions and who else has it open", cause: error });
  });
  return {
    tables: { operations: "operations", steps: "steps", locks: "locks", releases: "releases" },
    forUpdate: "",
    run: (sql, values) => turn(() => execute(sql, values)),
    atomically: (work) => turn(async () => {
      file.exec("begin immediate");
      try {
        const result = await work(execute);
        file.exec("commit");
        return result;
      } catch (error) {
        if (file.isTransaction) file.exec("rollback"); // a full disk ends it by itself
        throw error;
      }
    }),
    clock: async (_run, given) => given,
    close: async () => file.close(),
  };
}
