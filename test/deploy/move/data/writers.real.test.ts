/** Whom a copy waits for, and whom not. */
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Side } from "../../../../deploy/move/data/psql.ts";
import { awaitWriters } from "../../../../deploy/move/data/writers.ts";
import { LocalRunner } from "../../../../deploy/remote/local.ts";
import { startPostgres, type TestPostgres } from "../../../support/postgres.ts";

let server: TestPostgres;
let side: Side;
let client: pg.Client;
let told: string[];

beforeAll(async () => {
  server = await startPostgres(["max_prepared_transactions=2"]);
  await server.sql("postgres", "create table things (id int)");
  side = { runner: new LocalRunner("shared"), database: { user: "app", name: "postgres" }, container: server.container };
  client = new pg.Client({ connectionString: await server.url("postgres"), application_name: "report" });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await server?.stop();
});

const wait = (patience: number): Promise<void> => {
  told = [];
  return awaitWriters(side, { goOn: () => {}, tell: (text) => told.push(text), patience, older: 0.1 });
};
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200));

it("waits for nobody who only reads", async () => {
  await client.query("begin isolation level repeatable read; select * from things");
  await pause();
  await wait(0);
  expect(told).toEqual([]);
  await client.query("rollback");
});

it("names who stays open, and how to end it", async () => {
  await client.query("begin; insert into things values (1)");
  await pause();
  await expect(wait(0)).rejects.toMatchObject({
    message: expect.stringMatching(/^1 transaction on shared stays open: app \(report\), process \d+, for .* \(idle in transaction\)$/), hint: expect.stringMatching(/pg_terminate_backend\(\d+\)/),
  });
});

it("goes on when it is over, and says meanwhile what it waits for", async () => {
  const waiting = wait(20_000);
  setTimeout(() => void client.query("commit"), 700);
  await waiting;
  expect(told[0]).toMatch(/^waits for app \(report\), process \d+/);
});

it("sees one that no session holds any more", async () => {
  await client.query("begin; insert into things values (2); prepare transaction 'left'");
  await pause();
  await expect(wait(0)).rejects.toMatchObject({ message: expect.stringMatching(/app, for .* \(prepared left\)/) });
  await client.query("rollback prepared 'left'");
});

it("stops when it is asked to", async () => {
  await expect(awaitWriters(side, { goOn: () => { throw new Error("stop"); }, tell: () => {} })).rejects.toThrow("stop");
});
