/** No question to the journal reads more the older the journal gets: each finds its rows by an index. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { expect, it } from "vitest";
import type { Database, Run } from "../../../deploy/journal/database.ts";
import type { Journal } from "../../../deploy/journal/journal.ts";
import { sqlJournal } from "../../../deploy/journal/sql-journal.ts";
import { sqliteMigrations } from "../../../deploy/journal/sqlite-schema.ts";

const file = new DatabaseSync(":memory:");
for (const sql of sqliteMigrations) file.exec(sql);
let plans: string[] = [];
const run: Run = async (sql, values = []) => {
  const text = sql.replaceAll(/\$(\d+)/g, "?$1");
  plans.push(...file.prepare(`explain query plan ${text}`).all(...values as SQLInputValue[]).map(({ detail }) => String(detail)));
  return file.prepare(text).all(...values as SQLInputValue[]);
};
const database: Database = {
  tables: { operations: "operations", steps: "steps", locks: "locks", releases: "releases" }, forUpdate: "", run,
  atomically: (work) => work(run), clock: async (_run, given) => given, close: async () => {},
};
const journal = sqlJournal(database);
const at = "2026-01-01T00:00:00.000Z";

/** Scans that end at a limit, or of an index that holds only what is asked for. Locks are a handful. */
const PAGE = "SCAN operations USING INDEX operations_by_time";
const questions: [string, (journal: Journal) => Promise<unknown>, ...scans: string[]][] = [
  ["a page", () => journal.operations(20), PAGE],
  ["an older page", () => journal.operations(20, "op")],
  ["a host's page", () => journal.operations(20, "op", "orion")],
  ["an operation", () => journal.operation("op")],
  ["its steps", () => journal.steps("op")],
  ["what followed", () => journal.followers("op")],
  ["what runs", () => journal.running(), "SCAN operations USING INDEX operations_running"],
  ["what died", () => journal.closeAbandoned(at, at), "SCAN operations USING INDEX operations_running"],
  ["the newest rollout", () => journal.newest(["update-all"])],
  ["what served", () => journal.served(), "SCAN operations USING COVERING INDEX operations_served"],
  ["step times", () => journal.stepTimes(100), "SCAN steps"],
  ["a sign of life", () => journal.beat("op", at), "SCAN locks"],
  ["an end", () => journal.end("op", at, "ok", null), "SCAN locks"],
  ["a step's end", () => journal.stepEnded(1, at, "ok", null)],
];

it.each(questions)("%s", async (_name, ask, ...scans) => {
  await journal.begin({ id: "op", verb: "update-all", subject: "v1", by: "ada", machine: "laptop", startedAt: at });
  plans = [];
  await ask(journal);
  expect(plans.filter((plan) => plan.startsWith("SCAN"))).toEqual(scans);
  expect(plans.some((plan) => plan.startsWith("SEARCH")) || scans.length > 0).toBe(true);
});
