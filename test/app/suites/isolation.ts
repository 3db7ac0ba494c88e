import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { organisationId } from "../../../app/tenants/identity.ts";
import { tenantTables } from "../../../app/tenants/tables.ts";
import { ask } from "../support/ask.ts";
import { domain, type Platform } from "../support/platform.ts";
import { type Environment, run, runBinary, serve } from "../support/program.ts";
import { routesOf } from "../support/routes.ts";
import { type Belongings, furnish, mark, ownView, signIn, tryStrangers, tryStreams, type World } from "../support/strangers.ts";

const [ours, theirs] = ["ours", "theirs"].map(organisationId) as [number, number];

export const isolationSuite = (platform: () => Platform) => describe("isolation", () => {
  let world: World;
  let belongings: Belongings;
  const snapshot = async () => JSON.stringify(await Promise.all(["users", "tokens", "orders", "order_items", "tickets", "uploads", "jobs"].map((table) =>
    platform().database.unsafe(`select * from ${table} where organisation_id = ${ours} order by id`))));
  const worldOf = (port: number, neighbours: boolean): World => {
    const side = (slug: string) => ({ host: `${slug}.${domain}`, token: platform().as(slug)["authorization"]!.split(" ")[1]! });
    return { ask: (host, path, options) => ask(port, host, path, options), ours: side("ours"), theirs: side("theirs"), neighbours };
  };

  beforeAll(async () => {
    await platform().tenants([{ slug: "ours", name: mark, hostnames: ["ours.example"] }, { slug: "theirs", name: "Theirs" }]);
    world = worldOf(platform().server.port, true);
    belongings = await furnish(world);
  });

  it("no path of the app tells or changes anything of another tenant's", async () => {
    const before = await snapshot();
    const { tried, faults } = await tryStrangers(world, belongings, await routesOf());
    expect(faults).toEqual([]);
    expect(tried).toBeGreaterThan(180);
    expect(await tryStreams(world, belongings)).toEqual([]);
    expect(await snapshot()).toBe(before);
  });

  it("finds out an app that tells", async () => {
    const leaky: World = { ...world, ask: async (host, path, options) => {
      const answer = await world.ask(host, path, options);
      return path.startsWith("/api/orders/") && host === world.theirs.host ? { ...answer, status: 200, text: mark } : answer;
    } };
    const { faults } = await tryStrangers(leaky, belongings, ["GET /api/orders/:id", "GET /api/tickets/:id"]);
    expect(faults).toHaveLength(3);
    expect(faults.join("\n")).toMatch(/^GET \/api\/orders\/:id for another customer at its own address: tells OnlyOurs/);
  });

  it("nor on a host of its own, where it was taken with all it has, nor when it has come back", async () => {
    const { environment: shared, emptyDatabase } = platform();
    const own = await emptyDatabase();
    const take = async (from: Environment, to: Environment) => {
      const archive = await runBinary(["export", "ours"], from);
      expect(await runBinary(["import", "--replace"], to, archive.stdout)).toMatchObject({ code: 0 });
    };
    const before = await ownView(world, belongings);
    expect((await run(["migrate"], own)).code).toBe(0);
    await take(shared, own);
    const server = await serve(own);
    try {
      const dedicated = worldOf(server.port, false);
      await expect.poll(() => ownView(dedicated, belongings)).toBe(before);
      const there = { ...belongings, session: await signIn(dedicated) };
      const { tried, faults } = await tryStrangers(dedicated, there, await routesOf());
      expect(faults).toEqual([]);
      expect(tried).toBeGreaterThan(180);
      expect(await tryStreams(dedicated, there)).toEqual([]);
      expect(await ownView(dedicated, belongings)).toBe(before);
    } finally {
      await server.stop();
    }
    await take(own, shared);
    belongings = { ...belongings, session: await signIn(world) };
    expect((await tryStrangers(world, belongings, await routesOf())).faults).toEqual([]);
    expect(await ownView(world, belongings)).toBe(before);
  }, 120_000);

  it("a password of one tenant opens no other", async () => {
    for (const host of [world.theirs.host, domain]) {
      expect((await world.ask(host, "/login", { json: { email: "owner@ours.example", password: "password-of-ours" } })).status).toBe(401);
    }
  });

  it.each(tenantTables)("a statement on %s without a filter finds one tenant's rows, and none for nobody", async (table) => {
    const { doors, database } = platform();
    const among = async (sql: { unsafe(text: string): PromiseLike<readonly unknown[]> }) => await sql.unsafe(`select distinct organisation_id as tenant from ${table}`);
    expect((await among(database)).length, "rows of several tenants").toBeGreaterThan(0);
    const rows = await doors.inTenant(theirs, "", (sql) => among(sql));
    expect(rows.filter((row) => (row as { tenant: number }).tenant !== theirs)).toEqual([]);
    expect(await doors.inTenant(0, "", async (sql) => { await sql.unsafe("select set_config('app.tenant', '', true)"); return await among(sql); })).toEqual([]);
  });

  it.each(["users", "tokens", "orders", "order_items", "tickets", "uploads", "jobs"])("a statement that names another tenant's %s changes nothing", async (table) => {
    const before = await snapshot();
    await platform().doors.inTenant(theirs, "", async (sql) => {
      expect((await sql.unsafe(`update ${table} set created_at = now()`.replace("order_items set created_at = now()", "order_items set quantity = 9"))).count).toBeLessThan(10);
      expect((await sql.unsafe(`delete from ${table} where organisation_id = ${ours}`)).count).toBe(0);
      expect((await sql.unsafe(`select from ${table} where organisation_id = ${ours}`)).count).toBe(0);
    });
    expect(await snapshot()).toBe(before);
    const stolen = platform().doors.inTenant(theirs, "", (sql) => sql.unsafe(`update ${table} set organisation_id = ${ours}`).then(() => sql.unsafe("select 1/0")));
    await expect(stolen).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|22012)$/) });
    await expect(platform().doors.inTenant(theirs, "", (sql) => sql.unsafe(`insert into tickets (organisation_id, subject) values (${ours}, 'x')`))).rejects.toThrow("row-level security");
  });

  it("the platform's door has no way to customers' data, and the tenants' door none to its own way out", async () => {
    const { doors } = platform();
    for (const table of ["users", "orders", "order_items", "tickets", "uploads"]) await expect(doors.platform.unsafe(`select from ${table}`)).rejects.toMatchObject({ code: "42501" });
    for (const text of ["alter table users disable row level security", "drop policy tenant on users", "create table mine ()", "select * from operators", "set role postgres", `insert into usage_hours values (${theirs}, date_trunc('hour', now()))`]) {
      await expect(doors.inTenant(theirs, "", (sql) => sql.unsafe(text)), text).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|22023)$/) });
    }
  });

  it("a row cannot refer to another tenant's row, neither through the API nor in SQL", async () => {
    const { ask: toMain, database } = platform();
    const user = Number(belongings.paths["users"]!.split("/").at(-1));
    expect(await toMain("theirs", "/api/tickets", { json: { subject: "Mine", userId: user } })).toMatchObject({ status: 409, json: { error: { code: "refers_to_nothing", message: "What user id refers to does not exist." } } });
    await expect(database`insert into tickets (organisation_id, user_id, subject) values (${theirs}, ${user}, 'Mine')`).rejects.toMatchObject({ code: "23503" });
  });

  it("files lie in folders of their tenant", async () => {
    const { database, environment } = platform();
    const [row] = await database<{ file: string }[]>`select file from uploads where organisation_id = ${ours}`;
    expect(await readFile(`${environment["UPLOADS_PATH"]}/ours/${row!.file}`, "utf8")).toBe(mark);
  });
});
