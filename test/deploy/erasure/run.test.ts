/** An erasure on a host that is played, with a real journal and real files: in one go, and after it was cut off. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Context } from "../../../deploy/context.ts";
import { earlierOf } from "../../../deploy/erasure/earlier.ts";
import type { Counted, ErasureFacts } from "../../../deploy/erasure/facts.ts";
import { planErasure } from "../../../deploy/erasure/plan.ts";
import { runErasure } from "../../../deploy/erasure/run.ts";
import { sha256 } from "../../../deploy/host/secrets.ts";
import type { Journal } from "../../../deploy/journal/journal.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { wantedOf } from "../../../deploy/rollout/wanted.ts";
import { readModel } from "../../../model/read.ts";
import { texts } from "../../model/files.ts";
import { outputsOf, v1 } from "../support/fleet.ts";
import { type Rule, ScriptedRunner } from "../support/scripted.ts";

const archive = Buffer.from("the archive");
const sum = createHash("sha256").update(archive).digest("hex");
const before: Counted = { rows: { "public.organisations": 1, "public.orders": 12 }, files: { count: 2, bytes: 3000 } };
const nothing: Counted = { rows: {}, files: { count: 0, bytes: 0 } };
const tenancy = { key: 7, rows: [{ table: "organisations", column: "id" }, { table: "orders", column: "organisation_id" }], hostTables: [] };

let root: string;
let journal: Journal;
let second: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "etage-erasure-"));
  for (const [name, text] of Object.entries(texts([["c", "    name: Acme\n", "    name: Acme\n    status: leaving\n    eraseOn: \"2026-12-22\"\n"]]))) writeFileSync(join(root, name), text);
  [journal, second] = [openSqlite(":memory:"), 0];
});
afterEach(async () => {
  await journal.close();
  rmSync(root, { recursive: true });
});

/** What the host says to each question of a kind, in turn; the last answer stays. */
const answers = (when: RegExp, ...list: (string | "dead")[]): Rule[] => list.map((text, at) => ({ when, answer: text === "dead" ? "dead" : { stdout: `${text}\n` }, ...(at < list.length - 1 ? { times: 1 } : {}) }));
const host = (counts: Counted[], erase: string): ScriptedRunner => new ScriptedRunner([
  ...answers(/<lock>/, "taken"), ...answers(/psql/, ...counts.map(({ rows }) => JSON.stringify(rows))), ...answers(/<count-files>/, ...counts.map(({ files }) => `${files.count} ${files.bytes}`)),
  ...answers(/<write-goodbye>/, `${archive.length} ${sum}`), ...answers(/<read-piece>/, archive.toString("base64")), ...answers(/erase acme$/, erase),
]);

async function erase(runner: ScriptedRunner, counted: Counted, told = true) {
  const { fleet } = readModel(root);
  const now = () => new Date(Date.parse("2026-12-22T08:00:00Z") + 1000 * second++);
  const context = {
    root, journal, now, environment: { operator: "ada", machine: "laptop" }, shortId: () => String(second++).padStart(6, "0"), signal: new AbortController().signal,
    report: { event() {}, text() {}, data() {} }, get fleet() { return readModel(root).fleet; }, reread() {}, connect: async () => runner, outputs: async () => outputsOf("shared"),
  } as unknown as Context;
  const place = fleet.host("shared")!;
  const tenants = told ? sha256(wantedOf(fleet.platform, place, outputsOf("shared"), v1).tenants) : "another";
  const facts: ErasureFacts = {
    customer: fleet.customer("acme")!.customer, host: "shared", dedicated: false, counted, folders: ["acme"], tenancy, stack: false, unsound: null, earlier: await earlierOf(journal, "acme"),
    now: { host: place, outputs: outputsOf("shared"), release: v1, seen: { moves: [], dumps: [], tenants } } as unknown as ErasureFacts["now"],
  };
  const summary = await runErasure(context, facts, planErasure(fleet.platform, facts, { early: false, now: now() }), { wait: 0, report: context.report });
  return { summary, steps: (await journal.steps(summary.operation)).map(({ step, outcome }) => outcome === "ok" ? step : `${step} ${outcome}`) };
}
const papers = (): string[] => existsSync(join(root, ".etage/certificates")) ? readdirSync(join(root, ".etage/certificates")).sort() : [];
const ALL = ["lock", "suspend", "count", "export", "erase", "verify", "certificate", "forget"];

it("in one go: archive, rows, files, certificate, entry", async () => {
  const runner = host([before, nothing], "{}");
  const { summary, steps } = await erase(runner, before);
  expect([summary.failure, steps]).toEqual([null, ALL]);
  expect(summary.came).toBe("13 rows, 2 files (3 kB)");
  expect(readFileSync(join(root, ".etage/exports", `acme-${summary.operation}.tar`))).toEqual(archive);
  expect(papers()).toEqual([`acme-${summary.operation}.json`, `acme-${summary.operation}.txt`]);
  expect(JSON.parse(readFileSync(summary.certificate!, "utf8"))).toMatchObject({ customer: "acme", release: "v1", erased: before, left: { rows: 0, files: 0 }, archive: { sha256: sum, keptUntil: "2027-01-21" } });
  expect(readModel(root).fleet.customer("acme")).toBeUndefined();
  expect(runner.transcript.filter((line) => /tenants$/.test(line))).toEqual([]);
});

it("an app that was not told yet is told first", async () => {
  const runner = host([before, nothing], "{}");
  expect((await erase(runner, before, false)).steps).toEqual(ALL);
  expect(runner.inputs.some((input) => input.includes(`"slug":"acme"`) && input.includes(`"status":"suspended"`))).toBe(true);
});

it("cut off while it erased: the next run ends it, with the counts and the archive from before, and one certificate", async () => {
  const first = await erase(host([before], "dead"), before);
  expect([first.summary.failure?.step, first.steps, papers()]).toEqual(["erase", ["lock", "suspend", "count", "export", "erase failed"], []]);
  // The host had done it all the same.
  const { summary, steps } = await erase(host([nothing], "{}"), nothing);
  expect([summary.failure, steps]).toEqual([null, ["lock", "suspend", "count", "erase", "verify", "certificate", "forget"]]);
  expect(papers()).toEqual([`acme-${first.summary.operation}.json`, `acme-${first.summary.operation}.txt`]);
  expect(JSON.parse(readFileSync(summary.certificate!, "utf8"))).toMatchObject({ erased: before, archive: { file: `acme-${first.summary.operation}.tar` }, operation: summary.operation });
});

it("rows that stay are a failure, and nothing is certified", async () => {
  const { summary } = await erase(host([before, { rows: { "public.orders": 1 }, files: { count: 0, bytes: 0 } }], "{}"), before);
  expect(summary.failure).toMatchObject({ step: "verify", reason: "shared: 1 row and 0 files of acme are still there: public.orders" });
  expect([papers(), readModel(root).fleet.customer("acme")?.customer.status]).toEqual([[], "leaving"]);
});
