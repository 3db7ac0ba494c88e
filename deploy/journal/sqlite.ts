/** The journal in a SQLite file. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import pLimit from "p-limit";
import type { Database, Run, Row } from "./database.ts";
import type { Journal } from "./journal.ts";
import { sqlJournal } from "./sql-journal.ts";
import { sqliteMigrations } from "./sqlite-schema.ts";
import { pending } from "./versions.ts";

/** Opens or makes the file; several processes may have it open at once. */
export function openSqlite(path: string): Journal {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const file = new DatabaseSync(path, { timeout: 5000 });
  // A write costs under a millisecond this way, and survives a killed process; the last ones may go with a power cut.
  file.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on");
  migrate(file, path);
  return sqlJournal(databaseOf(file));
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
    file.exec("rollback");
    throw error;
  }
}

function databaseOf(file: DatabaseSync): Database {
  const prepared = new Map<string, StatementSync>();
  const execute: Run = async (sql, values = []) => {
    const statement = prepared.get(sql) ?? file.prepare(sql.replaceAll(/\$(\d+)/g, "?$1"));
    prepared.set(sql, statement);
    return statement.all(...values.map((value) => typeof value === "boolean" ? Number(value) : value)) as Row[];
  };
  // One connection: what belongs to no transaction waits until that is through.
  const turn = pLimit(1);
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
        file.exec("rollback");
        throw error;
      }
    }),
    clock: async (_run, given) => given,
    close: async () => file.close(),
  };
}
