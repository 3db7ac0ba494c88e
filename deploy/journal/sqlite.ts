/** The journal in a SQLite file. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Journal, OperationRecord, ReleaseEntry, StepRecord } from "./journal.ts";

const SCHEMA = `
create table if not exists operations (
  id text primary key, verb text not null, subject text not null, by text not null, machine text not null,
  startedAt text not null, endedAt text, outcome text, detail text
) strict;
create table if not exists steps (
  id integer primary key, operation text not null references operations, host text not null, step text not null,
  startedAt text not null, endedAt text, outcome text, detail text
) strict;
create index if not exists steps_of_operation on steps (operation);
create table if not exists releases (
  version text primary key, digest text not null, image text not null, "commit" text, dirty integer not null,
  migrations text not null, builtAt text not null, by text not null
) strict;
`;

/** Opens or makes the file; two processes may have it open at once. */
export function openSqlite(path: string): Journal {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 5000 });
  // A write costs under a millisecond this way, and survives a killed process; the last ones may go with a power cut.
  database.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on");
  database.exec(SCHEMA);
  const run = (sql: string, ...values: (string | number | null)[]) => database.prepare(sql).run(...values);
  return {
    async begin({ id, verb, subject, by, machine, startedAt }) {
      run("insert into operations (id, verb, subject, by, machine, startedAt) values (?, ?, ?, ?, ?, ?)", id, verb, subject, by, machine, startedAt);
    },
    async end(id, at, outcome, detail) {
      run("update operations set endedAt = ?, outcome = ?, detail = ? where id = ?", at, outcome, detail, id);
    },
    async stepStarted({ operation, host, step, startedAt }) {
      return Number(run("insert into steps (operation, host, step, startedAt) values (?, ?, ?, ?)", operation, host, step, startedAt).lastInsertRowid);
    },
    async stepEnded(id, at, outcome, detail) {
      run("update steps set endedAt = ?, outcome = ?, detail = ? where id = ?", at, outcome, detail, id);
    },
    async operations(limit) {
      return database.prepare("select * from operations order by startedAt desc, id desc limit ?").all(limit) as unknown as OperationRecord[];
    },
    async steps(operation) {
      const columns = "operation, host, step, startedAt, endedAt, outcome, detail";
      return database.prepare(`select ${columns} from steps where operation = ? order by id`).all(operation) as unknown as StepRecord[];
    },
    async saveRelease({ version, digest, image, commit, dirty, migrations, builtAt, by }) {
      run("insert or replace into releases values (?, ?, ?, ?, ?, ?, ?, ?)", version, digest, image, commit, dirty ? 1 : 0, JSON.stringify(migrations), builtAt, by);
    },
    async release(version) {
      const row = database.prepare("select * from releases where version = ?").get(version);
      return row && releaseOf(row);
    },
    async releases() {
      return database.prepare("select * from releases order by builtAt desc").all().map(releaseOf);
    },
    async close() {
      database.close();
    },
  };
}

function releaseOf(row: Record<string, unknown>): ReleaseEntry {
  return { ...(row as unknown as ReleaseEntry), dirty: row.dirty === 1, migrations: JSON.parse(row.migrations as string) };
}
