/** The journal on a real file: survives being opened again, by two at once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "../../../deploy/journal/open.ts";
import { newMigrations, barriers, parseMigrations } from "../../../deploy/release/migrations.ts";

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "etage-journal-")); });
afterEach(() => rmSync(folder, { recursive: true }));

const operation = { id: "op", verb: "update-all", subject: "v2", by: "ada", machine: "laptop", startedAt: "2026-01-01T00:00:00Z" };
const release = (version: string, migrations: { name: string; reversible: boolean }[] = []) =>
  ({ version, digest: `sha256:${version}`, image: "r/app", commit: null, dirty: true, migrations, builtAt: `2026-01-0${version.slice(1)}T00:00:00Z`, by: "ada" });

describe("the journal", () => {
  it("keeps what began and did not end: that is what a killed run leaves", async () => {
    const first = openJournal(undefined, folder);
    await first.begin(operation);
    const done = await first.stepStarted({ operation: "op", host: "orion", step: "lock", startedAt: "1" });
    await first.stepEnded(done, "2", "ok", null);
    await first.stepStarted({ operation: "op", host: "orion", step: "pull", startedAt: "3" });
    await first.close();
    const second = openJournal(undefined, folder);
    expect(await second.operations(10)).toEqual([{ ...operation, endedAt: null, outcome: null, detail: null, parent: null, lostTo: null, beatAt: operation.startedAt }]);
    expect((await second.steps("op")).map(({ step, outcome, endedAt }) => [step, outcome, endedAt])).toEqual([["lock", "ok", "2"], ["pull", null, null]]);
    await second.end("op", "4", "failed", "why");
    expect((await second.operations(1))[0]).toMatchObject({ outcome: "failed", detail: "why" });
    await second.close();
  });

  it("can be written by two at once", async () => {
    const [one, other] = [openJournal("state.sqlite", folder), openJournal(join(folder, "state.sqlite"), "/")];
    await one.saveRelease(release("v1"));
    await other.saveRelease(release("v2", [{ name: "0001", reversible: true }]));
    await one.saveRelease({ ...release("v1"), dirty: false });
    expect((await one.releases()).map(({ version, dirty }) => [version, dirty])).toEqual([["v2", true], ["v1", false]]);
    expect(await other.release("v9")).toBeUndefined();
    await Promise.all([one.close(), other.close()]);
  });

  it.each([["postgres://team/etage", /only SQLite files are known/], ["/dev/null/x.sqlite", /can't be opened/]])("says what is wrong with ETAGE_STATE=%s", (state, message) => {
    expect(() => openJournal(state, folder)).toThrow(message);
  });
});

describe("migrations", () => {
  const one = { name: "0001", reversible: true };
  const two = { name: "0002", reversible: false };
  it("new ones are those that some current release has not", async () => {
    const journal = openJournal(undefined, folder);
    await journal.saveRelease(release("v1", [one]));
    await journal.saveRelease(release("v2", [one, two]));
    expect(await newMigrations(journal, ["v1"], "v2")).toEqual([two]);
    expect(await newMigrations(journal, ["v2"], "v2")).toEqual([]);
    expect(await newMigrations(journal, [], "v2")).toEqual([one, two]);
    expect(await newMigrations(journal, ["v0"], "v2")).toBeNull();
    await journal.close();
  });
  it("a way back ends at one that can't be undone", () => {
    expect(barriers([one, two], [one])).toEqual([two]);
    expect(barriers([one, two], [one, two])).toEqual([]);
    expect(barriers([one], [])).toEqual([]);
  });
  it.each([['[{"name":"a","reversible":false}]', [{ name: "a", reversible: false }]], ['starting\n[{"name":"a"}]\n', [{ name: "a", reversible: true }]], ["[]", []], ["{}", undefined], ["no", undefined]])("read from %j", (text, list) => {
    expect(parseMigrations(text)).toEqual(list);
  });
});
