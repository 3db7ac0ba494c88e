/** What lies between two releases in the schema. */
import { describe, expect, it } from "vitest";
import { barriers, newMigrations, parseMigrations } from "../../../deploy/release/migrations.ts";

const one = { name: "0001", reversible: true };
const two = { name: "0002", reversible: false };

describe("migrations", () => {
  it("new ones are those that some current release has not", () => {
    expect(newMigrations([one, two], [[one]])).toEqual([two]);
    expect(newMigrations([one, two], [[one, two]])).toEqual([]);
    expect(newMigrations([one, two], [[one, two], [one]])).toEqual([two]);
    expect(newMigrations([one, two], [])).toEqual([one, two]);
    expect(newMigrations([one, two], [[one], null])).toBeNull();
    expect(newMigrations(null, [[one]])).toBeNull();
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
