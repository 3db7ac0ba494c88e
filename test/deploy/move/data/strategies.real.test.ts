/** The other two strategies: a database that is one customer's alone, and no tables at all. They go the same way as rows. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { compareAll } from "../../../../deploy/move/data/compare.ts";
import { dropDatabase, findLeftovers, forgetMove, removeCustomer, stopCarrying } from "../../../../deploy/move/data/finish.ts";
import { compareSchemas } from "../../../../deploy/move/data/prepare.ts";
import { ask, isThere, type Side, sql } from "../../../../deploy/move/data/psql.ts";
import { noteChanges } from "../../../../deploy/move/data/replicate.ts";
import { LocalRunner } from "../../../../deploy/remote/local.ts";
import type { Tenancy } from "../../../../deploy/move/data/tenancy.ts";
import { databases, Desk, type End, judged, replicate, type Servers, startTwo, until } from "./two-databases.ts";

let servers: Servers;
const ends: End[] = [];
beforeAll(async () => {
  servers = await startTwo();
  // As an app's own `migrate` makes it on every host.
  for (const { container } of [servers.shared, servers.own]) await sql({ runner: new LocalRunner("server"), database: { user: "app", name: "postgres" }, container }, "a role", "create role keeper;\n");
});
afterAll(async () => {
  await Promise.all(ends.map((end) => end.pool.end()));
  await servers?.stop();
});

async function pair(name: string, schema: string): Promise<{ source: End; target: End }> {
  const both = await databases(servers, name, schema, { copy: true });
  ends.push(both.source, both.target);
  return both;
}

/** The cutover, as the flip does it, and that the side that was left takes nothing more. */
async function flip(slug: string, from: End, to: End): Promise<void> {
  await noteChanges(from.side, slug);
  const desk = new Desk(slug);
  try {
    const [near, far] = [await desk.near(from), await desk.far(from, to, slug)];
    await desk.calm(near, far);
    expect(await near.ask(desk.say.ready)).toMatchObject({ fence: "noting", differing: 0 });
    const [seal, settle] = desk.marked(desk.say.seal, desk.say.settle) as [string, string];
    expect((await Promise.all([near.ask(seal), far.ask(settle)]))[1]).toMatchObject({ arrived: true, equal: true });
    await far.ask(desk.say.end);
    await near.ask(desk.say.leave);
    await expect(near.ask(desk.say.unseal)).rejects.toThrow("served by the other side");
  } finally {
    desk.close();
  }
}

/** Another database of the same server. */
const beside = ({ side }: End): Side => ({ ...side, database: { ...side.database, name: "postgres" } });

it("a database of the customer's own goes as a whole and comes back, and the one that was left goes", async () => {
  const slug = "ege-tekstil";
  const { source, target } = await pair("app_ege_tekstil", `create table notes (id bigint generated always as identity primary key, text text); create table done (name text primary key);
    grant select on notes to keeper; insert into notes (text) select 'n' from generate_series(1, 500)`);
  const tenancy: Tenancy = { key: slug, rows: [], hostTables: [], databasePerCustomer: true };
  const verdict = await judged(slug, tenancy, source, target);
  expect(verdict).toMatchObject({ strategy: "database", faults: [] });
  await replicate(verdict, tenancy, source, target);
  expect(await compareSchemas(source.side, target.side)).toEqual([]);
  await source.sql("update notes set text = 'late' where id = 7; insert into done values ('0001')");
  await flip(slug, source, target);
  await expect(source.sql("delete from notes")).rejects.toMatchObject({ code: "25006" });
  await target.sql("delete from notes where id = 8");
  await until(async () => (await source.sql("select from notes where id = 8")).rowCount === 0, "the way back");
  expect(await compareAll(target.side, source.side, verdict.move, { rest: 0 })).toEqual({ rows: { "public.done": 1, "public.notes": 499 }, differences: [] });
  expect((await target.sql("select has_table_privilege('keeper', 'notes', 'select') as may")).rows).toEqual([{ may: true }]);

  // Whoever is connected does not keep it; nobody drops it who may still write there, or whose changes would follow.
  await expect(dropDatabase(target.side, beside(target), slug)).rejects.toThrow("may write here");
  await expect(dropDatabase(source.side, beside(source), slug)).rejects.toThrow("changes are still carried");
  for (const end of [source, target]) await stopCarrying(end.side, slug);
  await source.pool.query("select 1");
  await dropDatabase(source.side, beside(source), slug);
  expect(await ask(beside(source), "looking", isThere(source.side.database))).toBe(false);
  await forgetMove(beside(source), slug);
  await forgetMove(target.side, slug);
  for (const side of [beside(source), target.side]) expect(await findLeftovers(side)).toEqual([]);
});

it("without tables the same fence says who serves, and a marker proves the way", async () => {
  const { source, target } = await pair("app", "create table hosted (slug text primary key); insert into hosted values ('x')");
  const tenancy: Tenancy = { key: "acme", rows: [], hostTables: ["hosted"] };
  const verdict = await judged("acme", tenancy, source, target);
  expect(verdict).toMatchObject({ strategy: "directory", faults: [], move: { tables: [] } });
  await replicate(verdict, tenancy, source, target);
  expect(await compareAll(source.side, target.side, verdict.move, { rest: 0 })).toEqual({ rows: {}, differences: [] });
  await expect(removeCustomer(source.side, verdict.move, 0)).rejects.toThrow("may write here");
  await flip("acme", source, target);
  await flip("acme", target, source);
  for (const end of [source, target]) await stopCarrying(end.side, "acme");
  await expect(removeCustomer(source.side, verdict.move, 0)).rejects.toThrow("may write here");
  expect(await removeCustomer(target.side, verdict.move, 0)).toEqual({});
  for (const end of [source, target]) {
    await forgetMove(end.side, "acme");
    expect(await findLeftovers(end.side)).toEqual([]);
  }
});
