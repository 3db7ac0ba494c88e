/** The app as its container runs it, on a real PostgreSQL and Redis that all suites share. */
import { afterAll, beforeAll } from "vitest";
import { accessSuite } from "./suites/access.ts";
import { archiveSuite } from "./suites/archive.ts";
import { drainSuite } from "./suites/drain.ts";
import { hostSuite } from "./suites/hosts.ts";
import { isolationSuite } from "./suites/isolation.ts";
import { limitSuite } from "./suites/limits.ts";
import { migrateSuite } from "./suites/migrate.ts";
import { orderSuite } from "./suites/orders.ts";
import { replicationSuite } from "./suites/replication.ts";
import { schemaSuite } from "./suites/schema.ts";
import { startSuite } from "./suites/start.ts";
import { streamSuite } from "./suites/streams.ts";
import { tenantSuite } from "./suites/tenants.ts";
import { uploadSuite } from "./suites/uploads.ts";
import { usageSuite } from "./suites/usage.ts";
import { workerSuite } from "./suites/worker.ts";
import { startPlatform, type Platform } from "./support/platform.ts";

let running: Awaited<ReturnType<typeof startPlatform>> | undefined;
const platform = (): Platform => running!.platform;

beforeAll(async () => {
  running = await startPlatform();
  await running.platform.tenants([
    { slug: "acme", name: "Acme & Sons", hostnames: ["shop.acme.example"] },
    { slug: "beta", name: "Beta" },
    { slug: "asleep", name: "Asleep", status: "suspended" },
    { slug: "small", name: "Small", limits: { users: 3, storageMegabytes: 1, apiCallsPerHour: 1000 } },
    { slug: "rare", name: "Rare", limits: { apiCallsPerHour: 4 } },
  ]);
});
afterAll(async () => running?.stop());

for (const suite of [hostSuite, accessSuite, isolationSuite, schemaSuite, orderSuite, uploadSuite, limitSuite, tenantSuite, migrateSuite, startSuite, drainSuite, streamSuite, workerSuite, usageSuite, archiveSuite, replicationSuite]) suite(platform);
