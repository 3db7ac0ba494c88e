import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../app/database/connect.ts";
import { organisationId } from "../../../app/tenants/identity.ts";
import { tenantTables } from "../../../app/tenants/tables.ts";
import type { Platform } from "../support/platform.ts";
import { run } from "../support/program.ts";

const tenant = organisationId("moving");

export const replicationSuite = (platform: () => Platform) => describe("logical replication of one tenant", () => {
  it("carries its rows and changes past the policies, filtered by the key, and back again without a collision", async () => {
    const { ask, tenants, database: source, emptyDatabase } = platform();
    await tenants([{ slug: "moving", name: "Moving" }]);
    const ticket = (subject: string) => ask("moving", "/api/tickets", { json: { subject } });
    const { location } = (await ticket("before")).headers;
    const environment = await emptyDatabase();
    expect((await run(["migrate"], environment)).code).toBe(0);
    const target = openDatabase({ DATABASE_URL: environment["DATABASE_URL"]!, RELEASE: "test" }, { as: "test", connections: 1 });
    const [name] = await source<{ name: string }[]>`select current_database() as name`;
    const filters = (key: number) => ["organisations where (id = " + key + ")", ...tenantTables.map((table) => `${table} where (organisation_id = ${key})`)].join(", ");
    const subjects = async () => (await target<{ subject: string }[]>`select subject from tickets order by id`).map(({ subject }) => subject);
    try {
      await source.unsafe(`create publication leaving for table ${filters(tenant)} with (publish = 'insert, update, delete')`);
      // Both databases are on one server, so the slot is made by hand: the subscription would wait for itself.
      await source`select pg_create_logical_replication_slot('leaving_test', 'pgoutput')`;
      await target.unsafe(`create subscription arriving connection 'dbname=${name!.name} user=app password=app host=127.0.0.1' publication leaving with (create_slot = false, slot_name = 'leaving_test', copy_data = true, origin = none)`);
      await expect.poll(async () => (await target`select from pg_subscription_rel where srsubstate <> 'r'`).length, { timeout: 30_000 }).toBe(0);
      expect(await subjects()).toEqual(["before"]);
      await ticket("during");
      await ask("moving", location!, { method: "PATCH", json: { subject: "changed" } });
      await ask("beta", "/api/tickets", { json: { subject: "somebody else's" } });
      await expect.poll(subjects, { timeout: 20_000 }).toEqual(["changed", "during"]);
      await ask("moving", location!, { method: "DELETE" });
      await expect.poll(subjects, { timeout: 20_000 }).toEqual(["during"]);
      expect(await target`select distinct organisation_id from tickets`).toEqual([{ organisationId: tenant }]);
      // The target's own rows have other ids, though nobody set a sequence.
      await target`insert into tickets (organisation_id, subject) values (${tenant}, 'on the target')`;
      await sleep(50);
      await ticket("on the source");
      await expect.poll(subjects, { timeout: 20_000 }).toEqual(["during", "on the target", "on the source"]);
    } finally {
      await target.unsafe("alter subscription arriving disable").catch(() => {});
      await target.unsafe("alter subscription arriving set (slot_name = none)").catch(() => {});
      await target.unsafe("drop subscription if exists arriving").catch(() => {});
      await target.end();
      await source.unsafe("drop publication if exists leaving");
      await expect.poll(() => source`select pg_drop_replication_slot('leaving_test')`.then(() => "dropped", () => "in use"), { timeout: 10_000 }).toBe("dropped");
    }
  }, 120_000);
});
