/** What lies between two releases in the schema. */
import { describe, expect, it } from "vitest";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { barriers, newMigrations, parseMigrations } from "../../../deploy/release/migrations.ts";

const one = { name: "0001", reversible: true };
const two = { name: "0002", reversible: false };
const release = (version: string, migrations: { name: string; reversible: boolean }[]) =>
  ({ version, digest: `sha256:${version}`, image: "r/app", commit: null, dirty: true, migrations, builtAt: `2026-01-0${version.slice(1)}T00:00:00Z`, by: "ada" });

describe("migrations", () => {
  it("new ones are those that some current release has not", async () => {
    const journal = openSqlite(":memory:");
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
