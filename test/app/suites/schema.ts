import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../app/database/connect.ts";
import { hostTables, tenantTables } from "../../../app/tenants/tables.ts";
import type { Platform } from "../support/platform.ts";
import { run } from "../support/program.ts";

export const schemaSuite = (platform: () => Platform) => describe("schema", () => {
  it("every table is a tenant's, with a key that begins with the tenant, or the host's", async () => {
    const { database } = platform();
    const tables = await database<{ name: string; tenant: boolean; rls: boolean; forced: boolean; policies: number }[]>`
      select relname as name, exists (select from pg_attribute where attrelid = c.oid and attname = 'organisation_id') as tenant, relrowsecurity as rls, relforcerowsecurity as forced,
        (select count(*) from pg_policy where polrelid = c.oid) as policies
      from pg_class c where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1`;
    expect(tables.filter(({ tenant }) => tenant).map(({ name }) => name)).toEqual([...tenantTables].sort());
    expect(tables.filter(({ tenant }) => !tenant).map(({ name }) => name)).toEqual(["organisations", ...hostTables].sort());
    for (const { name, rls, forced, policies } of tables) {
      const bound = !(hostTables as readonly string[]).includes(name);
      expect({ name, rls, forced, policies: policies > 0 }).toEqual({ name, rls: bound, forced: bound, policies: bound });
    }
    const keys = await database<{ table: string; type: string; first: string; to: string }[]>`
      select c.conrelid::regclass::text as table, c.contype as type, a.attname as first, c.confrelid::regclass::text as to
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype in ('p', 'f') and c.connamespace = 'public'::regnamespace`;
    const ofTenants = keys.filter(({ table }) => !(hostTables as readonly string[]).includes(table));
    expect(ofTenants.length).toBeGreaterThan(15);
    expect(ofTenants.filter(({ table, first }) => first !== (table === "organisations" ? "id" : "organisation_id"))).toEqual([]);
    expect(ofTenants.filter(({ to }) => (hostTables as readonly string[]).includes(to))).toEqual([]);
  });

  it("tables are listed in an order in which rows can be inserted", async () => {
    const order = ["organisations", ...tenantTables] as string[];
    const references = await platform().database<{ from: string; to: string }[]>`select conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`;
    for (const { from, to } of references.filter(({ from }) => order.includes(from))) expect(order.indexOf(to), `${from} refers to ${to}`).toBeLessThan(order.indexOf(from));
  });

  it("what a killed process was at ends in the database, too, with its locks", async () => {
    const { environment, database } = platform();
    const killed = openDatabase({ DATABASE_URL: environment["DATABASE_URL"]!, RELEASE: "killed" }, { as: "test", connections: 1 });
    const statement = killed`select pg_advisory_lock(17), pg_sleep(60)`.catch((error: Error) => error.message);
    const atWork = async (): Promise<number> => (await database`select from pg_stat_activity where application_name = 'app killed test' and state = 'active'`).length;
    await expect.poll(atWork).toBe(1);
    await killed.end({ timeout: 0 });
    await expect.poll(atWork, { timeout: 15_000 }).toBe(0);
    expect(await statement).toMatch(/CONNECTION_/);
  });

  it("ids need no sequence to be set after a move: in order of time, exact in JSON, never twice", async () => {
    const ids = await platform().database<{ id: number }[]>`select new_id() as id from generate_series(1, 100000)`;
    expect(new Set(ids.map(({ id }) => id)).size).toBe(100_000);
    expect(ids.every(({ id }) => Number.isSafeInteger(id) && id > 2 ** 47)).toBe(true);
    const identities = await platform().database`select from pg_attribute where attidentity <> '' and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`;
    expect(identities).toHaveLength(0);
  });

  it("carries over what an older release had, and that release still runs on it", async () => {
    const { DATABASE_URL } = await platform().emptyDatabase();
    const { readMigrations } = await import("../../../app/database/migrations.ts");
    const { migrate } = await import("../../../app/database/migrate.ts");
    const database = openDatabase({ DATABASE_URL: DATABASE_URL!, RELEASE: "test" }, { as: "test", connections: 1 });
    try {
      await migrate(database, (await readMigrations()).slice(0, 3), () => {});
      await database`insert into organisations (id, slug, name) values (7, 'old', 'Old')`;
      await database`insert into users (organisation_id, email, name) values (7, 'a@old.example', 'A')`;
      await database`insert into orders (organisation_id, reference, user_id) select 7, 'A', id from users`;
      expect((await run(["migrate"], { DATABASE_URL: DATABASE_URL! })).code).toBe(0);
      // As the release before says it: no id, no tenant set.
      const [order] = await database<{ id: number }[]>`insert into orders (organisation_id, reference) values (7, 'B') returning id`;
      expect((await database`select id, reference from orders where organisation_id = 7 order by id`).map(({ reference }) => reference)).toEqual(["A", "B"]);
      expect(order!.id).toBeGreaterThan(2 ** 47);
      expect((await database`update users set name = 'B' where organisation_id = 7`).count).toBe(1);
    } finally {
      await database.end();
    }
  });

  it("works with a login that is no superuser, which then cannot see past the policies itself", async () => {
    const { services, database: admin, emptyDatabase } = platform();
    const environment = await emptyDatabase();
    const url = new URL(environment["DATABASE_URL"]!);
    const name = url.pathname.slice(1);
    const login = `owner_${name}`;
    await admin.unsafe(`create role ${login} login password 'owner' createrole`);
    await admin.unsafe(`alter database ${name} owner to ${login}`);
    const owner = { ...environment, DATABASE_URL: Object.assign(new URL(services.databaseUrl(name)), { username: login, password: "owner" }).href };
    const database = openDatabase({ DATABASE_URL: owner.DATABASE_URL, RELEASE: "test" }, { as: "test", connections: 1 });
    try {
      // Made by another login: this one may not use them, and says so.
      expect(await run(["migrate"], owner)).toMatchObject({ code: 1, stderr: expect.stringContaining("must own the tables and be allowed to create roles") });
      await admin.unsafe(`grant app_tenant, app_platform to ${login}`);
      expect((await run(["migrate"], owner)).code).toBe(0);
      expect(JSON.parse((await run(["tenants"], owner, JSON.stringify([{ slug: "mine", name: "Mine" }]))).stdout)).toMatchObject({ created: 1 });
      expect(Object.keys(JSON.parse((await run(["token"], owner)).stdout))).toEqual(["mine"]);
      expect(await database`select from tokens`).toHaveLength(0);
      expect(JSON.parse((await run(["tenants"], owner, JSON.stringify([{ slug: "mine", name: "Mine", status: "suspended" }]))).stdout)).toMatchObject({ updated: 1 });
      expect(JSON.parse((await run(["erase", "mine"], owner)).stdout)).toMatchObject({ slug: "mine", rows: { tokens: 1 } });
    } finally {
      await database.end();
      await admin.unsafe(`alter database ${name} owner to app`);
      const cleaner = openDatabase({ DATABASE_URL: environment["DATABASE_URL"]!, RELEASE: "test" }, { as: "test", connections: 1 });
      await cleaner.unsafe(`reassign owned by ${login} to app; drop owned by ${login}`).simple();
      await cleaner.end();
      await admin.unsafe(`drop role ${login}`);
    }
  });
});
