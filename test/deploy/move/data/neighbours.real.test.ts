/** Subscriptions and slots are the whole server's: what another of its databases has under the same name is none of a move's. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { findLeftovers, stopCarrying } from "../../../../deploy/move/data/finish.ts";
import { ask, type Side } from "../../../../deploy/move/data/psql.ts";
import { isSubscribed, receiving, sending } from "../../../../deploy/move/data/replication.ts";
import { LocalRunner } from "../../../../deploy/remote/local.ts";
import { startPostgres, type TestPostgres } from "../../../support/postgres.ts";

let server: TestPostgres;
const side = (name: string): Side => ({ runner: new LocalRunner("shared"), database: { user: "app", name }, container: server.container });

beforeAll(async () => {
  server = await startPostgres(["wal_level=logical"]);
  await Promise.all([server.url("app_one"), server.url("app_two")]);
  await server.sql("app_two", "create publication etage_move_acme_out; create subscription etage_move_acme_out connection 'dbname=nowhere' publication p with (connect = false, enabled = false, slot_name = none)");
  await server.sql("app_two", "select pg_create_logical_replication_slot('etage_move_acme_back', 'pgoutput')");
});
afterAll(() => server?.stop());

it("is neither seen nor taken away", async () => {
  const one = side("app_one");
  expect(await ask(one, "subscribed", isSubscribed("acme", "out"))).toBe(false);
  expect(await ask(one, "receiving", receiving("acme", "out"))).toBeNull();
  expect(await ask(one, "sending", sending("acme", "back"))).toBeNull();
  expect(await findLeftovers(one)).toEqual([]);
  await stopCarrying(one, "acme");
  expect((await findLeftovers(side("app_two"))).map(({ kind, name }) => `${kind} ${name}`)).toEqual(["publication etage_move_acme_out", "slot etage_move_acme_back", "subscription etage_move_acme_out"]);
});

it("is taken away where it is", async () => {
  const two = side("app_two");
  expect(await ask(two, "subscribed", isSubscribed("acme", "out"))).toBe(true);
  await stopCarrying(two, "acme");
  expect(await findLeftovers(two)).toEqual([]);
});
