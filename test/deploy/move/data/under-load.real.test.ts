/** A customer of the reference app moves there and back while it and others write, by the statements that the flip uses. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareAll } from "../../../../deploy/move/data/compare.ts";
import { countOf, findLeftovers, forgetMove, removeCustomer, stopCarrying } from "../../../../deploy/move/data/finish.ts";
import type { Verdict } from "../../../../deploy/move/data/judge.ts";
import { compareSchemas } from "../../../../deploy/move/data/prepare.ts";
import { analyzeCopy, noteChanges } from "../../../../deploy/move/data/replicate.ts";
import type { Tenancy } from "../../../../deploy/move/data/tenancy.ts";
import { databases, Desk, type End, judged, replicate, type Servers, startTwo } from "./two-databases.ts";

const app = join(import.meta.dirname, "../../../../app");
const OURS = 7;
const tenancy: Tenancy = {
  key: OURS,
  rows: [{ table: "organisations", column: "id" }, ...["hostnames", "users", "tokens", "orders", "order_items", "tickets", "uploads", "jobs", "usage_hours"].map((table) => ({ table, column: "organisation_id" }))],
  hostTables: ["schema_migrations", "workers", "operators", "operator_sessions"],
};

async function appSchema(): Promise<string> {
  const files = (await readdir(join(app, "migrations"))).filter((file) => file.endsWith(".sql")).sort();
  const texts = await Promise.all([...files.map((file) => join(app, "migrations", file)), join(app, "database/roles.sql")].map((path) => readFile(path, "utf8")));
  return `create table schema_migrations (name text primary key); ${texts.join("\n")}`;
}

let servers: Servers;
let source: End;
let target: End;
let verdict: Verdict;
let dumps: string[];

beforeAll(async () => {
  servers = await startTwo();
  ({ source, target } = await databases(servers, "shop", await appSchema()));
  await source.sql(`insert into organisations (id, slug, name) select n, 'o' || n, 'O' from generate_series(1, 20) n;
    insert into users (organisation_id, email, name) select n % 20 + 1, 'u' || n || '@x', 'U' from generate_series(1, 400) n;
    insert into orders (organisation_id, reference) select n % 20 + 1, 'r' || n from generate_series(1, 20000) n;
    insert into order_items (organisation_id, order_id, product, quantity, unit_price) select organisation_id, id, 'p', 1, 1 from orders;
    insert into usage_hours (organisation_id, hour) select o, date_trunc('hour', now(), 'UTC') - n * interval '1 h' from generate_series(1, 20) o, generate_series(1, 50) n; analyze`);
  verdict = await judged("acme", tenancy, source, target);
  dumps = await Promise.all([source.dump(), target.dump()]);
});
afterAll(async () => {
  await Promise.all([source?.pool.end(), target?.pool.end()]);
  await servers?.stop();
});

/** Orders as the customer's two people believe them to be: what was acknowledged. Nobody touches the other's. */
const ledgers = [new Map<string, string>(), new Map<string, string>()];

/** The app's own way: as its role, for one tenant, in one transaction. */
async function inTenant<T>(client: pg.PoolClient, tenant: number, work: () => Promise<T>): Promise<T> {
  await client.query(`begin; set local role app_tenant; set local app.tenant = '${tenant}'`);
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

/** Requests go where the proxy would lead them, and wait while they are held. */
class Door {
  end: End;
  held: Promise<void> = Promise.resolve();
  busy = new Set<Promise<unknown>>();
  constructor(end: End) { this.end = end; }

  async request(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
    for (let held; held !== this.held;) {
      held = this.held;
      await held;
    }
    const running = this.end.pool.connect().then((client) => work(client).finally(() => client.release()));
    this.busy.add(running);
    await running.finally(() => this.busy.delete(running));
  }

  /** Returns when nothing is in flight; the result lets go. */
  async hold(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.held = promise;
    await Promise.all([...this.busy]);
    return resolve;
  }
}

async function customer(door: Door, ledger: Map<string, string>, stop: AbortSignal): Promise<void> {
  for (let count = 0; !stop.aborted; count += 1) {
    const mine = [...ledger.keys()];
    const victim = mine[Math.floor(Math.random() * mine.length)];
    const reference = `w${Math.random()}`;
    const gone: string[] = [];
    const now = new Map<string, string>();
    await door.request((client) => inTenant(client, OURS, async () => {
      const { rows: [order] } = await client.query(`insert into orders (organisation_id, reference) values (${OURS}, $1) returning id`, [reference]);
      await client.query(`insert into order_items (organisation_id, order_id, product, quantity, unit_price) values (${OURS}, $1, 'x', 1, 1)`, [order.id]);
      now.set(order.id, "open");
      if (victim && count % 3 === 0) {
        await client.query("delete from orders where id = $1", [victim]);
        gone.push(victim);
      } else if (victim) {
        await client.query("update orders set status = 'paid' where id = $1", [victim]);
        now.set(victim, "paid");
      }
    }));
    for (const [id, status] of now) ledger.set(id, status);
    for (const id of gone) ledger.delete(id);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

let others = 0;
async function neighbours(stop: AbortSignal): Promise<void> {
  for (let at = 0; !stop.aborted; at += 1) {
    const tenant = [1, 2, 3, 19][at % 4]!;
    const client = await source.pool.connect();
    await inTenant(client, tenant, () => client.query(`update orders set status = 'paid' where id = (select min(id) from orders where status = 'open')`)).finally(() => client.release());
    others += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const lives = (end: End): Promise<string[]> => end.sql(`select id::text || ' ' || status as line from orders where organisation_id = ${OURS} and reference like 'w%' order by 1`).then(({ rows }) => rows.map(({ line }) => line as string));
const known = (): string[] => ledgers.flatMap((ledger) => [...ledger]).map(([id, status]) => `${id} ${status}`).sort();

describe("a customer of the reference app", () => {
  it("has nothing that stands in the way", () => {
    expect(verdict).toMatchObject({ strategy: "rows", faults: [], warnings: [] });
    expect(verdict.move.reference).toEqual([]);
    expect(verdict.move.tables.map(({ name }) => name)).toEqual(["organisations", "hostnames", "jobs", "uploads", "usage_hours", "users", "orders", "tickets", "tokens", "order_items"]);
  });

  it("moves there and back under load: no write is lost, none is made twice, nobody else is touched", async () => {
    const stop = new AbortController();
    const door = new Door(source);
    const load = [...ledgers.map((ledger) => customer(door, ledger, stop.signal)), neighbours(stop.signal)];
    try {
      expect(await compareSchemas(source.side, target.side)).toEqual([]);
      await replicate(verdict, tenancy, source, target);
      await analyzeCopy(target.side, verdict.move);
      let [old, fresh] = [source, target];
      for (let flip = 0; flip < 4; flip += 1) {
        await flipOnce(door, old, fresh);
        [old, fresh] = [fresh, old];
      }
    } finally {
      stop.abort();
    }
    await Promise.all(load);
    expect(await lives(source)).toEqual(known());
    expect(known().length).toBeGreaterThan(50);
    expect(others).toBeGreaterThan(50);
    expect((await target.sql(`select count(*)::int as rows from orders where organisation_id <> ${OURS}`)).rows[0].rows).toBe(0);
  }, 60_000);

  it("goes for good: the old side's rows are counted, removed, and nothing of the move is left", async () => {
    const door = new Door(source);
    await flipOnce(door, source, target);
    await expect(removeCustomer(source.side, verdict.move)).rejects.toThrow("changes are still carried to the other side");
    for (const end of [source, target]) await stopCarrying(end.side, "acme");
    await expect(removeCustomer(target.side, verdict.move)).rejects.toThrow("the customer acme may write here; its rows stay");
    const counted = await countOf(source.side, verdict.move);
    expect(counted).toMatchObject({ "public.organisations": 1, "public.users": 20, "public.usage_hours": 50 });
    expect(counted).toEqual(await countOf(target.side, verdict.move));
    expect(await removeCustomer(source.side, verdict.move, 0)).toEqual(counted);
    expect(Object.values(await countOf(source.side, verdict.move))).toEqual(Object.values(counted).map(() => 0));
    expect((await source.sql("select count(*)::int as rows from organisations")).rows[0].rows).toBe(19);
    for (const end of [source, target]) {
      expect(await findLeftovers(end.side)).not.toEqual([]);
      await forgetMove(end.side, "acme");
      await forgetMove(end.side, "acme");
      expect(await findLeftovers(end.side)).toEqual([]);
    }
    expect(await lives(target)).toEqual(known());
    expect(await Promise.all([source.dump(), target.dump()])).toEqual(dumps);
  });
});

async function flipOnce(door: Door, old: End, fresh: End): Promise<void> {
  const desk = new Desk("acme");
  try {
    const [near, second, far] = [await desk.near(old), await desk.near(old), await desk.far(old, fresh, "acme")];
    await noteChanges(old.side, "acme");
    await compareAll(old.side, fresh.side, verdict.move, { rest: 0 });
    // The way back first: without it nobody leaves.
    expect(await desk.round(far, near)).toMatchObject({ arrived: true });
    await desk.calm(near, far);
    const [here, there] = [await near.ask(desk.say.ready), await far.ask(desk.say.ready)];
    expect([here, there]).toMatchObject([{ fence: "noting", errors: 0 }, { differing: 0, errors: 0 }]);
    expect(["closed", "left"]).toContain(there["fence"]);
    expect(there["schema"]).toBe(here["schema"]);

    // It has a snapshot from before the seal, and its first write comes after it.
    const stray = await old.pool.connect();
    await stray.query("begin isolation level repeatable read; select count(*) from orders");

    const resume = await door.hold();
    const began = performance.now();
    const [seal, settle] = desk.marked(desk.say.seal, desk.say.settle) as [string, string];
    const [sealed, settled] = await Promise.all([near.ask(seal), far.ask<{ equal: boolean; snapshot: string; keys: number }>(settle)]);
    const { snapshot } = await second.ask<{ snapshot: string }>(desk.say.snapshot);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(settled).toMatchObject({ equal: true, differing: [], keys: sealed["keys"] });
    await near.ask(desk.say.leave);
    await expect(stray.query(`insert into orders (organisation_id, reference) values (${OURS}, 'stray')`)).rejects.toMatchObject({ code: "25006" });
    await stray.query("rollback");
    stray.release();
    door.end = fresh;
    resume();

    // Both go on changing meanwhile; the snapshots do not.
    const { differences, rows } = await compareAll(old.side, fresh.side, verdict.move, { rest: 0, snapshots: { source: snapshot, target: settled.snapshot } });
    expect(differences).toEqual([]);
    expect(rows).toMatchObject({ "public.organisations": 1, "public.users": 20 });
    await Promise.all([far.ask(desk.say.end), second.ask(desk.say.end)]);
    await expect(near.ask(desk.say.unseal)).rejects.toThrow("served by the other side");
  } finally {
    desk.close();
  }
}
