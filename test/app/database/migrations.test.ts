import { describe, expect, it } from "vitest";
import { parseMigration, readMigrations } from "../../../app/database/migrations.ts";

describe("migration files", () => {
  it("those of the app are numbered, in order, and say whether they can be gone back from", async () => {
    const migrations = await readMigrations();
    expect(migrations.map(({ name, reversible }) => ({ name, reversible }))).toEqual([
      { name: "0001-organisations", reversible: true },
      { name: "0002-users-orders-tickets", reversible: true },
      { name: "0003-uploads", reversible: true },
      { name: "0004-jobs", reversible: true },
      { name: "0005-ids", reversible: true },
      { name: "0006-access", reversible: true },
      { name: "0007-limits-and-usage", reversible: true },
      { name: "0008-row-level-security", reversible: true },
    ]);
  });

  it("a released migration never changes", async () => {
    const checksums = (await readMigrations()).map(({ name, checksum }) => `${name} ${checksum.slice(0, 12)}`);
    expect(checksums).toMatchInlineSnapshot(`
      [
        "0001-organisations b8daf0fa7f3c",
        "0002-users-orders-tickets e32b7a25c95f",
        "0003-uploads 2dcf14fd1d3d",
        "0004-jobs fde004d7f000",
        "0005-ids f10839b108ea",
        "0006-access 1e25e5cb6d5b",
        "0007-limits-and-usage ba70674a5667",
        "0008-row-level-security 6127c3efadf5",
      ]
    `);
  });

  it.each([
    ["1-x.sql", "-- reversible: yes\n", "expected a name like 0004-short-title.sql"],
    ["0001_x.sql", "-- reversible: yes\n", "expected a name like"],
    ["0001-x.sql", "select 1;\n", "the first line must be"],
    ["0001-x.sql", "\n-- reversible: yes\n", "the first line must be"],
    ["0001-x.sql", "-- reversible: maybe\n", "the first line must be"],
  ])("%s beginning %j is refused", (file, sql, message) => {
    expect(() => parseMigration(file, sql)).toThrow(message);
  });
});
