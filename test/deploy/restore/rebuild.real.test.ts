/** A host's database from its backups, into one that is new and empty: to the last shipped change, whatever interrupts it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { lookForRebuild, noteStage, parseLast, parseRebuildSeen, restoreDatabase } from "../../../deploy/host/rebuild.ts";
import { shipWal } from "../../../deploy/host/scratch.ts";
import { mustRun } from "../../../deploy/remote/runner.ts";
import { type BackedUp, openDatabase } from "./backed-up.ts";

const database = { user: "app", name: "app" };
let host: BackedUp;

beforeAll(async () => {
  host = await openDatabase();
  await host.sql("create table orders (id int primary key); insert into orders select generate_series(1, 100);");
  await host.backup();
  await host.sql("insert into orders select generate_series(101, 150);");
  await mustRun(host.runner, "ship", shipWal({ living: host.container, database }, 30));
});
afterAll(() => host?.remove());

const look = async () => parseRebuildSeen(await mustRun(host.runner, "look", lookForRebuild(host.folder, host.container, database)));
const restore = (): Promise<string> => mustRun(host.runner, "restore", restoreDatabase(host.folder, host.container, "shared", database, 60), { timeout: 120_000 });

it("leaves a database alone that has tables", async () => {
  expect(await look()).toEqual({ tables: 1 });
  expect(existsSync(join(host.folder, "restore-host"))).toBe(false);
});

it("fills an empty one to the last change, and goes on archiving on a line of its own", async () => {
  await host.fresh();
  expect(await look()).toEqual({ stage: "fresh" });
  const said = await restore();
  expect(parseLast(said)).toMatch(/^\d{4}-\d\d-\d\d /);
  expect(await host.sql("select count(*), max(id) from orders")).toBe("150|150");
  expect(await look()).toEqual({ stage: "database" });
  await host.sql("insert into orders values (151)");
  expect(await mustRun(host.runner, "ship", shipWal({ living: host.container, database }, 30))).toMatch(/^00000002/m);
});

it("killed after it was emptied, it goes on; and what was written on the first rebuilt host is there on the second", async () => {
  await host.fresh();
  await look();
  await mustRun(host.runner, "note", noteStage(host.folder, "cleared"));
  await host.docker("stop", host.container);
  expect(await look()).toEqual({ stage: "cleared" });
  await restore();
  expect(await host.sql("select count(*), max(id) from orders")).toBe("151|151");
  await mustRun(host.runner, "end", noteStage(host.folder, null));
  expect(await look()).toEqual({ tables: 1 });
}, 180_000);
