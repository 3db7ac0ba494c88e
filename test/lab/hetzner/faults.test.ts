/** Staged faults and the rate limit, as clients see them. */
import { afterEach, expect, it } from "vitest";
import type { Fault } from "../../../lab/faults/faults.ts";
import { rateLimit } from "../../../lab/hetzner/rate-limit.ts";
import { openTestCloud, type TestCloud, type TestOptions } from "./cloud.ts";

let cloud: TestCloud | undefined;
afterEach(() => cloud?.hetzner.close());

const order = { name: "host", server_type: "cx23", image: "debian-13", location: "nbg1" };
const open = async (options: TestOptions) => (cloud = await openTestCloud(options));
const onCreate = (fault: Fault): TestOptions["faults"] => {
  let left = 1;
  return { takeFault: (api, method, path) => (api === "hetzner" && method === "POST" && path === "/v1/servers" && left-- > 0 ? fault : undefined), placementFails: () => false };
};

it.each([
  [{ status: 503 }, 503, "unavailable"],
  [{ status: 429 }, 429, "rate_limit_exceeded"],
  [{ status: 409, code: "conflict" }, 409, "conflict"],
  [{ status: 500 }, 500, "server_error"],
  [{ status: 423 }, 423, "locked"],
])("answers %j instead of doing it", async (fault, status, code) => {
  const { call } = await open({ faults: onCreate(fault) });
  const reply = await call("POST", "/servers", order);
  expect([reply.status, reply.body.error.code]).toEqual([status, code]);
  expect(reply.body.error).toHaveProperty("details");
  expect((await call("GET", "/servers")).body.servers).toEqual([]);
  expect((await call("POST", "/servers", order)).status).toBe(201);
});

it("does it and then loses the answer", async () => {
  const { call } = await open({ faults: onCreate({ loseAnswer: true }) });
  await expect(call("POST", "/servers", order)).rejects.toThrow("fetch failed");
  expect((await call("GET", "/servers?name=host")).body.servers).toHaveLength(1);
});

it("answers late", async () => {
  const { call } = await open({ faults: onCreate({ delayMs: 300 }) });
  const start = performance.now();
  expect((await call("POST", "/servers", order)).status).toBe(201);
  expect(performance.now() - start).toBeGreaterThan(295);
});

it("refuses to place a type, and keeps nothing of the attempt", async () => {
  const { call } = await open({ faults: { takeFault: () => undefined, placementFails: (type, location) => type === "cx23" && location === "nbg1" } });
  const reply = await call("POST", "/servers", order);
  expect([reply.status, reply.body.error]).toEqual([412, { code: "resource_unavailable", message: "error during placement", details: null }]);
  expect((await call("GET", "/primary_ips")).body.primary_ips).toEqual([]);
  expect((await call("POST", "/servers", { ...order, server_type: "cx33" })).status).toBe(201);
});

it("counts requests and says how many are left", async () => {
  const { call } = await open({ requestsPerHour: 2 });
  const replies = [await call("GET", "/locations"), await call("GET", "/locations"), await call("GET", "/locations")];
  expect(replies.map((reply) => [reply.status, reply.headers.get("ratelimit-limit"), reply.headers.get("ratelimit-remaining")])).toEqual([
    [200, "2", "1"],
    [200, "2", "0"],
    [429, "2", "0"],
  ]);
  expect(replies[2]!.body.error.code).toBe("rate_limit_exceeded");
});

it("refills the bucket evenly", () => {
  let now = 0;
  const bucket = rateLimit(3600, () => now);
  for (let count = 0; count < 3600; count++) expect(bucket.take()).toBe(true);
  expect(bucket.take()).toBe(false);
  expect(bucket.headers()).toEqual({ "ratelimit-limit": "3600", "ratelimit-remaining": "0", "ratelimit-reset": "3600" });
  now = 1_000;
  expect(bucket.take()).toBe(true);
  expect(bucket.take()).toBe(false);
});
