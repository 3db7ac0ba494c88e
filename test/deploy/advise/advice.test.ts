/** Who is sent where, with the thresholds that the design of a tiered platform names. */
import { describe, expect, it } from "vitest";
import { adviceFor } from "../../../deploy/advise/advice.ts";
import { reasonsDown, reasonsUp } from "../../../deploy/advise/reasons.ts";
import { nearness, type Use, useOf } from "../../../deploy/advise/use.ts";
import type { TenantUsage } from "../../../deploy/usage/usage.ts";
import { advise as thresholds } from "../../../model/cost-schema.ts";
import { fleetOf, many, pricesOf } from "../cost/platform.ts";

const use = (change: Partial<Use> = {}): Use => ({ users: 30, orders: null, requestsPerDay: 500, storageMegabytes: 100, apiCallsPerHour: 10, monthlyMegabytes: 50, days: 40, ...change });
const defaults = thresholds.parse({});

describe("reasons to move up", () => {
  it.each<[what: string, change: Partial<Use>, labels: Record<string, string>, reasons: string[]]>([
    ["50 users are not over 50", { users: 50 }, {}, []],
    ["51 are", { users: 51 }, {}, ["51 users, more than 50"]],
    ["5000 orders a month are not over 5000", { orders: 5000 }, {}, []],
    ["5001 are", { orders: 5001 }, {}, ["5,001 orders a month, more than 5,000"]],
    ["100,000 requests a day are not over that", { requestsPerDay: 100_000 }, {}, []],
    ["more are", { requestsPerDay: 120_000 }, {}, ["120,000 requests a day, more than 100,000"]],
    ["compliance, whatever it uses", { users: 1 }, { compliance: "gdpr" }, ["label compliance: gdpr"]],
    ["any other label is no reason", {}, { region: "eu" }, []],
    ["several at once", { users: 62, requestsPerDay: 120_000 }, {}, ["62 users, more than 50", "120,000 requests a day, more than 100,000"]],
    ["what nobody knows is no reason", { users: null, requestsPerDay: null }, {}, []],
  ])("%s", (_, change, labels, reasons) => {
    expect(reasonsUp(defaults, use(change), labels)).toEqual(reasons);
  });
});

describe("reasons to move down", () => {
  it.each<[what: string, change: Partial<Use>, labels: Record<string, string>, reasons: string[]]>([
    ["20 users are not under 20", { users: 20 }, {}, []],
    ["19 are", { users: 19 }, {}, ["19 users, less than 20"]],
    ["few users and many orders stay", { users: 5, orders: 1000 }, {}, []],
    ["few of both", { users: 5, orders: 999 }, {}, ["5 users, less than 20", "999 orders a month, less than 1,000"]],
    ["compliance stays", { users: 5 }, { compliance: "gdpr" }, []],
    ["nobody knows the users", { users: null }, {}, []],
    ["three days say nothing", { users: 5, days: 3 }, {}, []],
  ])("%s", (_, change, labels, reasons) => {
    expect(reasonsDown(defaults, use(change), labels)).toEqual(reasons);
  });

  it("between both thresholds nobody is sent anywhere", () => {
    for (const users of [20, 35, 50]) expect([reasonsUp(defaults, use({ users }), {}), reasonsDown(defaults, use({ users }), {})]).toEqual([[], []]);
  });
});

describe("useOf", () => {
  const usage = (change: Partial<TenantUsage>): TenantUsage => ({ slug: "acme", users: 5, storageBytes: 2e6, requests: 1000, apiCalls: 10, mostApiCalls: 4, bytesIn: 1e6, bytesOut: 3e6, orders: null, limits: {} as TenantUsage["limits"], ...change });

  it("takes the larger of two months, by day where it is a rate", () => {
    expect(useOf([{ days: 2, usage: usage({ users: 9 }) }, { days: 30, usage: usage({ requests: 30_000, storageBytes: 8e6 }) }])).toEqual({
      users: 9, orders: null, requestsPerDay: 1000, storageMegabytes: 8, apiCallsPerHour: 4, monthlyMegabytes: 4, days: 32,
    });
  });
  it("leaves out months in which nobody looked", () => {
    expect(useOf([{ days: 20, usage: usage({}) }, { days: 31, usage: usage({ users: null, requests: 0 }) }, { days: 30, usage: undefined }])).toMatchObject({ users: 5, requestsPerDay: 50, days: 20 });
  });
  it("knows nothing of an app that counts nothing", () => {
    expect(useOf([])).toEqual({ users: null, orders: null, requestsPerDay: null, storageMegabytes: null, apiCallsPerHour: null, monthlyMegabytes: null, days: 0 });
  });
  it("says how near each limit is, the nearest first", () => {
    expect(nearness(use({ users: 18 }), { users: 20, storageMegabytes: 1000, requestsPerMinute: 60 })).toEqual([{ name: "users", used: 18, limit: 20, percent: 90 }, { name: "storageMegabytes", used: 100, limit: 1000, percent: 10 }]);
  });
});

describe("adviceFor", () => {
  const prices = pricesOf({ cx23: 10, cx33: 40, cx43: 80 });
  const limits = { shared: { limits: { users: 20, storageMegabytes: 1000 } }, dedicated: { limits: { users: 500, storageMegabytes: 15_000 } } };
  const list = [...many(4), { slug: "big", name: "Big", tier: "dedicated", phase: "live" }];
  const of = (slug: string, change: Partial<Use>, customers: object[] = list, change2: object = { advise: { revenue: 100 } }, tiers: object = limits) =>
    adviceFor(fleetOf(customers, change2, tiers as never), new Map([[slug, use(change)]]), prices);

  it("sends one up, with what it costs and brings, and the verb", () => {
    expect(of("c1", { users: 62 })).toEqual([{
      customer: "c1", direction: "up", tier: "shared", to: "dedicated", reasons: ["62 users, more than 50"],
      cost: { before: 2.5, after: 40 }, pays: { before: 49, after: 249 }, margin: { before: 4 * 49 + 249 - 50, after: 3 * 49 + 2 * 249 - 90 },
      command: "deploy move c1 --to dedicated", remarks: [],
    }]);
  });

  it("sends one down to the host with room, with what is left to know", () => {
    expect(of("big", { users: 8 })).toEqual([{
      customer: "big", direction: "down", tier: "dedicated", to: "shared", reasons: ["8 users, less than 20"],
      cost: { before: 40, after: 2 }, pays: { before: 249, after: 49 }, margin: { before: 4 * 49 + 249 - 50, after: 5 * 49 - 10 },
      command: "deploy move back big", remarks: [],
    }]);
  });

  it.each<[what: string, slug: string, change: Partial<Use>, customers?: object[], platform?: object, tiers?: object, expected?: object]>([
    ["nobody whose use does not fit into the shared tier", "big", { users: 8, storageMegabytes: 4000 }],
    ["nobody in between", "c1", { users: 15 }],
    ["nobody who is suspended", "c0", { users: 99 }, many(1, { status: "suspended" })],
    ["nobody who is on the way already", "c0", { users: 99 }, many(1, { tier: "dedicated" })],
    ["nobody up when there is no tier to go to", "c1", { users: 15 }, many(2), { tiers: { shared: { placement: "shared", serverType: "cx23" } } }],
  ])("advises %s", (_, slug, change, customers, platform, tiers) => {
    expect(of(slug, change, customers, platform, tiers)).toEqual([]);
  });

  it("names a limit that is nearly reached, and one with room", () => {
    expect(of("c1", { users: 19, storageMegabytes: 850 })).toMatchObject([{
      direction: "limit", tier: "shared", to: "shared", reasons: ["users 19 of 20 (95%)", "storageMegabytes 850 of 1,000 (85%)"],
      command: "deploy customer set c1 --limit users=29 --limit storageMegabytes=1300", cost: { before: 2.5, after: 2.5 },
    }]);
  });

  it("chooses the cheapest tier that holds the use, and names it where there are several", () => {
    const tiers = { ...limits, dedicated: { limits: { users: 100 } } };
    const platform = { advise: { revenue: 0 }, tiers: { shared: { placement: "shared", serverType: "cx23" }, small: { placement: "dedicated", serverType: "cx33", limits: { users: 100 } }, large: { placement: "dedicated", serverType: "cx43", limits: { users: 1000 } } } };
    const up = (users: number) => of("c1", { users }, many(2), platform, tiers)[0];
    expect(up(80)).toMatchObject({ to: "small", command: "deploy move c1 --to dedicated --tier small", remarks: [] });
    expect(up(300)).toMatchObject({ to: "large" });
    expect(up(3000)).toMatchObject({ to: "large", remarks: ["beyond what large allows: users 3,000 of 1,000 (300%)"] });
  });

  it("says when all customers together pay too little for that work", () => {
    expect(of("c1", { users: 62 }, many(4), {})[0]!.remarks).toEqual(["all customers together pay €196.00; hosts of their own are worth the work from €1,000.00 on"]);
  });

  it("tells first who should go up, last who is near a limit", () => {
    const uses = new Map([["c0", use({ users: 19 })], ["c1", use({ users: 80 })], ["big", use({ users: 3 })], ["c2", use({ users: 2 })]]);
    expect(adviceFor(fleetOf(list, {}, limits), uses, prices).map(({ customer, direction }) => [customer, direction])).toEqual([["c1", "up"], ["big", "down"], ["c0", "limit"]]);
  });
});
