import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../app/database/connect.ts";
import { migrate } from "../../../app/database/migrate.ts";
import { parseMigration } from "../../../app/database/migrations.ts";
import { ask } from "../support/ask.ts";
import type { Platform } from "../support/platform.ts";
import { run, serve } from "../support/program.ts";

const one = parseMigration("0001-one.sql", "-- reversible: yes\ncreate table one (id int);");
const two = parseMigration("0002-two.sql", "-- reversible: no\ncreate table two (id int); insert into two values (1);");

export const migrateSuite = (platform: () => Platform) => describe("migrate", () => {
  it("brings an empty database up, once, also when two start at once; until then the app is not ready", async () => {
    const environment = await platform().emptyDatabase();
    const early = await serve(environment);
    try {
      expect(await ask(early.port, "127.0.0.1", "/health/ready")).toMatchObject({ status: 503, json: { reasons: expect.arrayContaining([expect.stringContaining("0001-organisations")]) } });
      const results = await Promise.all([run(["migrate"], environment), run(["migrate"], environment)]);
      expect(results.map(({ code }) => code)).toEqual([0, 0]);
      const outcomes = results.map(({ stdout }) => JSON.parse(stdout));
      expect(outcomes.flatMap(({ applied }) => applied).sort()).toEqual(["0001-organisations", "0002-users-orders-tickets", "0003-uploads", "0004-jobs", "0005-ids", "0006-access", "0007-limits-and-usage", "0008-row-level-security"]);
      expect(JSON.parse((await run(["migrate"], environment)).stdout)).toEqual({ applied: [], already: 8, ahead: [] });
      await expect.poll(async () => (await ask(early.port, "127.0.0.1", "/health/ready")).status).toBe(200);
    } finally {
      await early.stop();
    }
  });

  it("undoes a step that fails, refuses a changed one, and accepts a database that is ahead", async () => {
    const { DATABASE_URL } = await platform().emptyDatabase();
    const database = openDatabase({ DATABASE_URL: DATABASE_URL!, RELEASE: "test" }, { as: "test", connections: 1 });
    try {
      const broken = parseMigration("0002-two.sql", "-- reversible: yes\ncreate table two (id int); select nonsense;");
      await expect(migrate(database, [one, broken], () => {})).rejects.toThrow("migrations/0002-two.sql failed and was undone");
      expect(await migrate(database, [one, two], () => {})).toEqual({ applied: ["0002-two"], already: 1, ahead: [] });
      await expect(migrate(database, [{ ...one, checksum: "other" }], () => {})).rejects.toThrow("migrations/0001-one.sql is not the file that was applied");
      expect(await migrate(database, [one], () => {})).toEqual({ applied: [], already: 1, ahead: ["0002-two"] });
    } finally {
      await database.end();
    }
  });

  it("the running release keeps serving while the next one adds a column", async () => {
    const { ask, database } = platform();
    expect((await ask("beta", "/api/tickets")).status).toBe(200);
    await database`alter table tickets add column added text`;
    expect((await ask("beta", "/api/tickets")).status).toBe(200);
    expect((await ask("beta", "/api/tickets", { json: { subject: "Still" } })).status).toBe(201);
    await database`alter table tickets drop column added`;
    expect((await ask("beta", "/api/tickets")).status).toBe(200);
  });
});
