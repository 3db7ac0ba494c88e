/** Use against limit, its trend, and both as tables. */
import { describe, expect, it } from "vitest";
import { compareUsage, paceOf, pressing } from "../../../deploy/usage/compare.ts";
import { customerUsageText, usageTable } from "../../../deploy/usage/table.ts";
import { parseUsage, type TenantUsage } from "../../../deploy/usage/usage.ts";

const now = new Date("2026-11-15T00:00:00Z");
const months = ["2026-09", "2026-10", "2026-11"];
const told = (month: string, tenants: object[]): Map<string, TenantUsage> => parseUsage(JSON.stringify({ month, tenants }), [month], "v1").get(month)!;
const tenant = (slug: string, users: number | null, megabytes: number | null, mostApiCalls = 100, traffic = 0) => ({ slug, users, storageBytes: megabytes === null ? null : megabytes * 1e6, mostApiCalls, bytesIn: traffic * 4e5, bytesOut: traffic * 6e5 });
const found = new Map([
  ["2026-09", told("2026-09", [tenant("acme", 10, 600), tenant("beta", 5, 100)])],
  ["2026-10", told("2026-10", [tenant("acme", 12, 700), tenant("beta", 5, 90)])],
  ["2026-11", told("2026-11", [tenant("acme", 14, 800, 990, 70), tenant("beta", 5, 80), tenant("new", 1, null)])],
]);
const limits = { users: 20, storageMegabytes: 1000, apiCallsPerHour: 1000, monthlyMegabytes: 200 };
const of = (slug: string, own: object = limits) => compareUsage({ slug, tier: "shared", limits: own }, "shared", months, found, now);

describe("a customer", () => {
  it("that grows meets its limit at a time", () => {
    const { users, storageMegabytes, apiCallsPerHour, monthlyMegabytes } = of("acme").measures;
    expect(users).toEqual({ used: 14, limit: 20, share: 0.7, expected: 14, perMonth: 2, monthsLeft: 3, months: [10, 12, 14] });
    expect(storageMegabytes).toMatchObject({ used: 800, share: 0.8, perMonth: 100, monthsLeft: 2 });
    expect(apiCallsPerHour).toMatchObject({ used: 990, share: 0.99 });
    // Half a month has passed: at this pace the whole one takes 150.
    expect(monthlyMegabytes).toMatchObject({ used: 70, expected: 150, share: 0.35, perMonth: 75 });
    expect(pressing(of("acme"))).toEqual(["users", "storageMegabytes", "apiCallsPerHour", "monthlyMegabytes"]);
  });
  it("that shrinks never does, and one that is new has no trend", () => {
    expect(of("beta").measures.storageMegabytes).toMatchObject({ perMonth: -10, monthsLeft: null });
    expect(of("new").measures.users).toMatchObject({ perMonth: null, monthsLeft: null, months: [null, null, 1] });
    expect(pressing(of("beta"))).toEqual([]);
  });
  it("of whom nothing is known, or who has no limit", () => {
    expect(of("stranger").measures.users).toEqual({ used: null, limit: 20, share: null, expected: null, perMonth: null, monthsLeft: null, months: [null, null, null] });
    expect(of("acme", {}).measures.users).toMatchObject({ used: 14, limit: null, share: null, monthsLeft: null });
  });
  it("beyond its limit is there now", () => expect(of("acme", { ...limits, users: 14 }).measures.users.monthsLeft).toBe(0));
});

it.each<[what: string, values: (number | null)[], pace: number | null]>([
  ["nothing", [null, null], null], ["one", [null, 4], null], ["two", [4, 6], 2], ["a gap", [4, null, 8], 2], ["a late beginning", [null, 4, 3], -1],
])("pace of %s", (_what, values, pace) => expect(paceOf(values)).toBe(pace));

it("the table", () => {
  expect(usageTable(["acme", "beta", "new"].map((slug) => of(slug)))).toBe([
    "CUSTOMER  HOST        USERS    STORAGE MB   API CALLS/H    MONTH MB  STORAGE TREND",
    "acme      shared  !14 of 20  !800 of 1000  !990 of 1000  !70 of 200  +100 a month, full in 2 months",
    "beta      shared    5 of 20    80 of 1000   100 of 1000    0 of 200  -10 a month",
    "new       shared    1 of 20     ? of 1000   100 of 1000    0 of 200",
    "3 customers, 1 near a limit or there within 3 months (!)",
  ].join("\n"));
});

it("one customer by month", () => {
  expect(customerUsageText(of("acme"), months)).toBe([
    "acme on shared, tier shared",
    "MONTH       USERS  STORAGE MB        API CALLS/H           MONTH MB",
    "2026-09        10         600                100                  0",
    "2026-10        12         700                100                  0",
    "2026-11        14         800                990                 70",
    "limit          20        1000               1000                200",
    "of it         70%         80%                99%                35%",
    "a month        +2        +100               +445                +75",
    "full in  3 months    2 months  less than a month  less than a month",
  ].join("\n"));
});
