/** Schemas that are not the reference app's, and what goes wrong on the way. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { compareAll, describeDifference, type Progress, suspect } from "../../../../deploy/move/data/compare.ts";
import { findLeftovers, forgetMove, removeCustomer, stopCarrying } from "../../../../deploy/move/data/finish.ts";
import { bringReference, compareSchemas, look, separateNumbers } from "../../../../deploy/move/data/prepare.ts";
import { noteChanges, replicationState, startReplication, startWayBack } from "../../../../deploy/move/data/replicate.ts";
import type { Tenancy } from "../../../../deploy/move/data/tenancy.ts";
import { databases, Desk, type End, judged, replicate, type Servers, startTwo, until, waysOf } from "./two-databases.ts";

const ACME = "0198f0c0-0000-7000-8000-000000000007";
const BETA = "0198f0c0-0000-7000-8000-000000000008";

/** Keys of every kind; a serial and an identity column that count for all customers; a table owned by nobody special. */
const SCHEMA = `
create type mood as enum ('glad', 'sad');
create table countries (code text primary key, name text not null, letters int generated always as (length(name)) stored);
create table tenants (id uuid primary key, name text not null);
create table places (tenant uuid not null references tenants, mood mood, title text, at timestamptz, country text references countries, price numeric, span interval, raw bytea, extra json,
  tags text[], doubled numeric generated always as (price * 2) stored, virtual_one text generated always as (title || '!') virtual, primary key (tenant, mood, title, at));
create table visits (tenant uuid not null, day date not null, id bigint generated always as identity, note text, primary key (tenant, day, id)) partition by range (day);
create table visits_2025 partition of visits for values from ('2025-01-01') to ('2026-01-01');
create table visits_2026 partition of visits for values from ('2026-01-01') to ('2027-01-01');
create table invoices (id serial primary key, tenant uuid not null, total float8);
alter table invoices enable row level security; alter table invoices force row level security;
create policy own on invoices using (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
`;
const tenancy: Tenancy = { key: ACME, rows: [{ table: "tenants", column: "id" }, ...["places", "visits", "invoices"].map((table) => ({ table, column: "tenant" }))], hostTables: [] };

const seed = (tenant: string): string => `insert into tenants values ('${tenant}', 'T');
insert into places (tenant, mood, title, at, country, price, span, raw, extra, tags) select '${tenant}', case when n % 2 = 0 then 'glad' else 'sad' end::mood, 'it''s "' || n || '" \\ ü', timestamptz '2026-01-01' + n * interval '1 h', 'de', n / 3.0, n * interval '1 min', decode(lpad(to_hex(n), 8, '0'), 'hex'), '{"a" :  1}', array['x', null, 'y,"z'] from generate_series(1, 300) n;
insert into visits (tenant, day, note) select '${tenant}', date '2025-06-01' + n, 'n' from generate_series(1, 400) n;
insert into invoices (tenant, total) select '${tenant}', n / 7.0 from generate_series(1, 100) n;`;

let servers: Servers;
let source: End;
let target: End;
let dumps: string[];

beforeAll(async () => {
  servers = await startTwo();
  ({ source, target } = await databases(servers, "shapes", SCHEMA, { copy: true }));
  await source.sql(`insert into countries (code, name) values ('de', 'Germany'), ('fr', 'a	tab \\ and'); ${seed(ACME)} ${seed(BETA)} analyze`);
  dumps = await Promise.all([source.dump(), target.dump()]);
});
const ends: End[] = [];
afterAll(async () => {
  await Promise.all([source, target, ...ends].map((end) => end?.pool.end()));
  await servers?.stop();
});

const rowsOf = async (end: End, text: string): Promise<unknown[]> => (await end.sql(text)).rows;

describe("odd shapes", () => {
  it("are judged, copied, followed, compared, left, and come back with numbers that nobody else has", async () => {
    const verdict = await judged("acme", tenancy, source, target);
    const { move } = verdict;
    expect(verdict.faults.map(({ table, byPreparation }) => [table, byPreparation])).toEqual([["public.invoices", true]]);
    expect(move.reference.map(({ name }) => name)).toEqual(["countries"]);
    expect(await compareSchemas(source.side, target.side)).toEqual([]);
    expect(await bringReference(source.side, target.side, move)).toEqual([{ table: "public.countries", rows: 2, inserted: 2, differing: [] }]);
    expect(await bringReference(source.side, target.side, move)).toEqual([{ table: "public.countries", rows: 2, inserted: 0, differing: [] }]);
    await replicate(verdict, tenancy, source, target);

    const { sequences } = await look(source.side, tenancy);
    expect((await separateNumbers(target.side, [source.side], move, sequences)).map(({ sequence }) => sequence).sort()).toEqual(["public.invoices_id_seq", "public.visits_id_seq"]);
    expect(await separateNumbers(target.side, [source.side], move, sequences)).toEqual([]);

    await noteChanges(source.side, "acme");
    // By a session that writes dates in its own way.
    await source.sql(`set datestyle = 'German'; set timezone = 'Asia/Tokyo'; set intervalstyle = 'iso_8601';
      update places set mood = 'sad', title = title || '?' where tenant = '${ACME}' and mood = 'glad' and price < 20;
      delete from places where tenant = '${ACME}' and price > 90; update visits set day = day + 200 where tenant = '${ACME}' and day < '2025-07-01';
      insert into invoices (tenant, total) values ('${ACME}', 'NaN'), ('${ACME}', '-0'); update invoices set total = 5 where tenant = '${BETA}';
      reset datestyle; reset timezone; reset intervalstyle`);
    const desk = new Desk("acme");
    try {
      const [near, far] = [await desk.near(source), await desk.far(source, target, "acme")];
      await desk.calm(near, far);
      expect((await compareAll(source.side, target.side, move, { rest: 0, size: 70 })).differences).toEqual([]);
      expect(await rowsOf(target, `select count(*)::int as n from invoices where tenant = '${BETA}'`)).toEqual([{ n: 0 }]);

      const [seal, settle] = desk.marked(desk.say.seal, desk.say.settle) as [string, string];
      expect((await Promise.all([near.ask(seal), far.ask(settle)]))[1]).toMatchObject({ equal: true });
      await far.ask(desk.say.end);
      await target.sql(`insert into invoices (tenant, total) values ('${ACME}', 1); insert into visits (tenant, day) values ('${ACME}', '2026-02-02'), ('${ACME}', '2025-02-02')`);
      await source.sql(`insert into invoices (tenant, total) values ('${BETA}', 1)`);
      await expect(source.sql(`update visits set note = 'x' where tenant = '${ACME}'`)).rejects.toMatchObject({ code: "25006" });
      await expect(source.sql("truncate invoices")).rejects.toMatchObject({ code: "25006" });
      await until(async () => (await rowsOf(source, `select from invoices where tenant = '${ACME}' and id >= 100000000`)).length === 1, "the way back");
      await until(async () => (await rowsOf(source, `select from visits where tenant = '${ACME}' and id >= 1000000000000`)).length === 2, "the way back");
      expect((await compareAll(target.side, source.side, move, { rest: 0 })).differences).toEqual([]);
    } finally {
      desk.close();
    }
    // Away again: the copy goes, the source is as it was.
    await source.sql("select setval('etage_move_acme.fence', 1)");
    await target.sql("select setval('etage_move_acme.fence', 2)");
    for (const end of [source, target]) await stopCarrying(end.side, "acme");
    expect(await removeCustomer(target.side, move, 0)).toMatchObject({ "public.tenants": 1, "public.visits": 402 });
    for (const end of [source, target]) {
      await forgetMove(end.side, "acme");
      expect(await findLeftovers(end.side)).toEqual([]);
    }
    expect(await Promise.all([source.dump(), target.dump()])).toEqual(dumps);
  });
});

const PLAIN = `create table notes (tenant int not null, id int not null, text text, primary key (tenant, id))`;
const plain: Tenancy = { key: 7, rows: [{ table: "notes", column: "tenant" }], hostTables: [] };
const notes = "insert into notes select t, n, 'n' from generate_series(6, 8) t, generate_series(1, 300) n; analyze";

/** Past the triggers, and not carried to the other side: as a disk does that forgets. */
const aside = (text: string): string => `select pg_replication_origin_create('disk') where not exists (select from pg_replication_origin where roname = 'disk'); select pg_replication_origin_session_setup('disk'); set session_replication_role = replica; ${text}; reset session_replication_role; select pg_replication_origin_session_reset()`;

const pairs: { name: string; both: End[] }[] = [];

async function pair(name: string): Promise<{ source: End; target: End }> {
  const both = await databases(servers, name, PLAIN);
  ends.push(both.source, both.target);
  pairs.push({ name, both: [both.source, both.target] });
  await both.source.sql(notes);
  return both;
}

describe("on the way", () => {
  // A server has workers for a few subscriptions only.
  afterEach(async () => {
    for (const { name, both } of pairs.splice(0)) await Promise.all(both.map((end) => stopCarrying(end.side, name)));
  });

  it("a difference is named by table and range, found again by the marker's compare, and gone when it is mended", async () => {
    const { source: from, target: to } = await pair("damage");
    const verdict = await judged("damage", plain, from, to);
    await replicate(verdict, plain, from, to);
    await noteChanges(from.side, "damage");
    await to.sql(aside("update notes set text = 'x' where tenant = 7 and id = 120; delete from notes where tenant = 7 and id = 299; insert into notes values (7, 1000, 'y')"));
    const stops: Progress[] = [];
    const { differences } = await compareAll(from.side, to.side, verdict.move, { rest: 0, size: 100, onProgress: (progress) => void stops.push(progress) });
    expect(differences.map(describeDifference)).toEqual([
      "public.notes, after (100) up to (200): 1 row is different, (120)",
      "public.notes, after (200) up to (300): 1 row is missing on the target, (299)",
      "public.notes, after (300) to the last: 1 row is on the target only, (1000)",
    ]);
    expect(stops.at(-1)).toMatchObject({ next: null, counts: { "public.notes": 300 } });
    const resumed = await compareAll(from.side, to.side, verdict.move, { rest: 0, size: 100, from: { table: "public.notes", rows: 200, counts: { "public.notes": 200 }, differences: [], next: { table: "public.notes", after: ["200"] } } });
    expect([resumed.rows, resumed.differences.length]).toEqual([{ "public.notes": 300 }, 2]);

    const desk = new Desk("damage", { sealMilliseconds: 200, markerMilliseconds: 5000 });
    try {
      const [near, far] = [await desk.near(from), await desk.far(from, to, "damage")];
      await suspect(from.side, "damage", differences);
      expect(await desk.round(near, far)).toMatchObject({ arrived: true, differing: 3, keys: 3 });
      expect(await desk.round(near, far)).toMatchObject({ differing: 3, keys: 0 });
      const [seal, settle] = desk.marked(desk.say.seal, desk.say.settle) as [string, string];
      const [, refused] = await Promise.all([near.ask(seal), far.ask(settle)]);
      expect(refused).toMatchObject({ equal: false, differing: expect.arrayContaining([{ table: "public.notes", key: ["120"] }]) });
      await far.ask(desk.say.end);
      await far.ask(desk.say.close);
      await near.ask(desk.say.unseal);
      await to.sql(aside("update notes set text = 'n' where tenant = 7 and id = 120; insert into notes values (7, 299, 'n'); delete from notes where tenant = 7 and id = 1000"));
      await suspect(from.side, "damage", differences);
      await desk.calm(near, far);

      // A transaction that stays open: the seal gives up in its patience, and nothing was changed.
      const client = await from.pool.connect();
      await client.query("begin; update notes set text = 'open' where tenant = 7 and id = 1");
      await expect(near.ask(desk.marked(desk.say.seal)[0]!)).rejects.toThrow("55P03");
      await from.sql("update notes set text = 'free' where tenant = 7 and id = 2");
      await client.query("commit");
      client.release();
      expect(await near.ask(desk.say.ready)).toMatchObject({ fence: "noting" });
    } finally {
      desk.close();
    }
  });

  it("rows that are there already stop it before anything is copied", async () => {
    const { source: from, target: to } = await pair("already");
    await to.sql("insert into notes values (7, 1, 'mine')");
    await expect(replicate(await judged("already", plain, from, to), plain, from, to)).rejects.toThrow("own has rows of already already: 1 in public.notes");
    expect(await rowsOf(to, "select subname from pg_subscription where subname = 'etage_move_already_out'")).toEqual([]);
  });

  it("a change of the schema is named, stops only the copy's following, and heals when both have it", async () => {
    const { source: from, target: to } = await pair("ddl");
    await replicate(await judged("ddl", plain, from, to), plain, from, to);
    await from.sql("alter table notes add column extra text; update notes set extra = 'e' where tenant = 7 and id = 1");
    expect(await compareSchemas(from.side, to.side)).toEqual(["column public.notes.extra is missing on the target"]);
    await until(async () => ((await replicationState(from.side, to.side, "ddl", "out")).receiving?.errors.apply ?? 0) > 0, "the fault");
    await from.sql("update notes set text = 'goes on' where id = 2");
    await to.sql("alter table notes add column extra text");
    await until(async () => (await rowsOf(to, "select from notes where tenant = 7 and id = 2 and text = 'goes on'")).length === 1, "healing");
    expect(await compareSchemas(from.side, to.side)).toEqual([]);
  });

  it("whoever has a host of its own goes down to a shared one that knows nothing of it, past the rows of all others", async () => {
    const { source: shared, target: own } = await pair("down");
    await shared.sql("delete from notes where tenant = 7");
    await own.sql("insert into notes select 7, n, 'mine' from generate_series(1, 300) n; analyze");
    const verdict = await judged("down", plain, shared, own);
    await replicate(verdict, plain, shared, own, "target");
    expect(await rowsOf(shared, "select tenant, count(*)::int from notes group by tenant order by tenant")).toEqual([{ tenant: 6, count: 300 }, { tenant: 7, count: 300 }, { tenant: 8, count: 300 }]);
    await own.sql("update notes set text = 'later' where tenant = 7 and id = 4");
    await until(async () => (await rowsOf(shared, "select from notes where tenant = 7 and id = 4 and text = 'later'")).length === 1, "the change");
    await expect(shared.sql("update notes set text = 'x' where tenant = 7 and id = 5")).rejects.toThrow("the customer down is served by another host");
    const { differences } = await compareAll(own.side, shared.side, verdict.move, { rest: 0 });
    expect(differences).toEqual([]);
  });

  it("whoever dies between two steps finds its way: each may be run again, also over a slot that nobody knows of", async () => {
    const { source: from, target: to } = await pair("again");
    const verdict = await judged("again", plain, from, to);
    await from.sql("select pg_create_logical_replication_slot('etage_move_again_out', 'pgoutput')");
    await replicate(verdict, plain, from, to);
    await replicate(verdict, plain, from, to);
    await from.sql("update notes set text = 'still' where tenant = 7 and id = 3");
    await until(async () => (await rowsOf(to, "select from notes where tenant = 7 and id = 3 and text = 'still'")).length === 1, "the change");
    const { out, back } = waysOf(from, to);
    await startReplication(out, verdict.move);
    await startWayBack(back, verdict.move);
    for (const end of [from, to]) for (let time = 0; time < 2; time += 1) await stopCarrying(end.side, "again");
    for (const end of [from, to]) for (let time = 0; time < 2; time += 1) await forgetMove(end.side, "again");
    expect((await findLeftovers(from.side)).filter(({ name }) => name.includes("again"))).toEqual([]);
  });
});
