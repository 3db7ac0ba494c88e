import { describe, expect, it } from "vitest";
import { readUsage } from "../../../deploy/usage/read.ts";
import { daysOf, monthBefore, monthOf, parseUsage } from "../../../deploy/usage/usage.ts";
import { openStage } from "../support/context.ts";
import { smallFleet } from "../support/fleet.ts";
import { ScriptedRunner } from "../support/scripted.ts";

const printed = (month: string, users: Record<string, number | null>): string =>
  JSON.stringify({ month, tenants: Object.entries(users).map(([slug, count]) => ({ slug, users: count, storageBytes: 5_000_000, requests: 40, limits: { users: 20, storageMegabytes: null } })) });

describe("parseUsage", () => {
  it("takes what the contract says, and null for what an app does not count", () => {
    expect(parseUsage(`started\n${printed("2026-10", { acme: 2 })}\n${printed("2026-11", { acme: 3 })}\n`, ["2026-11"], "v1").get("2026-11")!.get("acme")).toEqual({
      slug: "acme", users: 3, storageBytes: 5_000_000, requests: 40, apiCalls: null, mostApiCalls: null, bytesIn: null, bytesOut: null, orders: null,
      limits: { users: 20, storageMegabytes: null, apiCallsPerHour: null, requestsPerMinute: null, monthlyMegabytes: null },
    });
  });

  it.each(["", "no JSON", "{", `{"month": "2026-11"}`, printed("2026-10", {}), `{"month": "2026-11", "tenants": [{"slug": "acme", "users": -1}]}`])("refuses %j", (text) => {
    expect(() => parseUsage(text, ["2026-11"], "v1")).toThrow(/`usage` of v1 answers something else/);
  });
});

describe("months", () => {
  it.each([["2026-11", "2026-10"], ["2026-01", "2025-12"], ["2027-03", "2027-02"]])("before %s comes %s", (month, before) => {
    expect(monthBefore(month)).toBe(before);
  });

  it.each([
    ["2026-11-22T12:00:00Z", "2026-11", 21.5], ["2026-11-01T01:00:00Z", "2026-11", 1], ["2026-11-22T12:00:00Z", "2026-10", 31], ["2026-12-01T00:00:00Z", "2026-02", 28],
  ])("at %s, %s has lasted %s days", (now, month, days) => {
    expect(daysOf(month, new Date(now))).toBe(days);
  });

  it("is UTC's", () => {
    expect(monthOf(new Date("2026-11-30T23:59:59-02:00"))).toBe("2026-12");
  });
});

describe("readUsage", () => {
  it("asks each host once for all months, and takes of each customer what the host says that serves it", async () => {
    const fleet = smallFleet();
    const stage = await openStage(fleet, { v1: { migrations: [], layers: { a: 1 } } }, { shared: { runs: "v1" }, orion: "silent" });
    const { connect } = stage.context;
    const asked: string[] = [];
    // orion's rows may still lie on the shared host after a move: they are not what counts.
    const answers = ["2026-11", "2026-10"].map((month) => printed(month, { acme: 7, beta: null, orion: 99 })).join("\n");
    const context = {
      ...stage.context,
      connect: async (name: string) => {
        const look = await connect(name);
        const usage = new ScriptedRunner([{ when: / usage --month /, answer: { stdout: answers } }]);
        return { host: name, alive: true, close: async () => {}, run: (command: Parameters<typeof look.run>[0]) => {
          const asking = JSON.stringify(command).includes('"usage"');
          if (asking) asked.push(name);
          return (asking ? usage : look).run(command);
        } };
      },
    };
    const { months, silent } = await readUsage(context, ["2026-11", "2026-10"]);
    stage.close();
    expect(asked).toEqual(["shared"]);
    expect([...months].map(([month, tenants]) => [month, [...tenants].map(([slug, { users }]) => [slug, users])])).toEqual([
      ["2026-11", [["acme", 7], ["beta", null]]], ["2026-10", [["acme", 7], ["beta", null]]],
    ]);
    expect([...silent]).toEqual([["orion", "orion does not answer"]]);
  });
});
