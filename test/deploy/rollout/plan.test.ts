/** Plans: who is visited in which order, who is not and why, and the words for it. */
import { describe, expect, it } from "vitest";
import { parseObservation } from "../../../deploy/host/observe.ts";
import { judge } from "../../../deploy/rollout/judge.ts";
import { canaryOf } from "../../../deploy/rollout/canary.ts";
import { type Finding, type Plan, type PlanOptions, plannedHosts, planRollout } from "../../../deploy/rollout/plan.ts";
import { afterFailure, mostFailures } from "../../../deploy/rollout/policy.ts";
import { order } from "../../../deploy/rollout/rings.ts";
import { nextCommand } from "../../../deploy/rollout/next.ts";
import { covers, expectations } from "../../../deploy/rollout/wanted.ts";
import { isOpen } from "../../../model/windows.ts";
import { checkVersion } from "../../../deploy/rollout/release.ts";
import { outputsOf, smallFleet, v1, v2 } from "../support/fleet.ts";
import { wantedFor } from "../support/job.ts";
import { type Look, looks, serving } from "../support/observation.ts";

const at = new Date("2026-05-01T10:00:00Z");
const dedicated = (slug: string, more: object = {}) => ({ slug, name: slug, tier: "dedicated", phase: "live", ...more });
const shared = (slug: string, more: object = {}) => ({ slug, name: slug, tier: "shared", ...more });
const update: Finding = { action: "update", reason: "from v1", from: "v1", backupAge: 3600 };
const none: Finding = { action: "none", reason: "", from: "v2", backupAge: 1 };

describe("order", () => {
  const customers = [
    shared("acme", { labels: { region: "eu", pace: "slow" } }), shared("far", { host: "shared-2", labels: { region: "eu" } }),
    dedicated("orion", { labels: { pace: "slow" } }), dedicated("helmex"), dedicated("vega", { phase: "staged", labels: { region: "us" } }),
  ];
  it.each<[string, object[], string[]]>([
    ["by default dedicated hosts by name, then shared ones", [],
      ["dedicated: helmex, dedicated host", "dedicated: orion, dedicated host", "dedicated: vega, dedicated host", "shared: shared, shared host", "shared: shared-2, shared host"]],
    ["by host and tier, the rest last", [{ name: "first", hosts: ["vega"] }, { tier: "shared" }],
      ["first: vega, named in first", "tier shared: shared, tier shared", "tier shared: shared-2, tier shared", "the rest: helmex, in no ring", "the rest: orion, in no ring"]],
    ["by customer, wherever it is served", [{ customers: ["vega", "orion", "acme"] }],
      ["vega and 2 more: shared, serves vega", "vega and 2 more: orion, serves orion", "the rest: helmex, in no ring", "the rest: shared-2, in no ring", "the rest: vega, in no ring"]],
    ["by label", [{ labels: { region: "eu" } }, { labels: { pace: "slow" } }],
      ["region: eu: shared, acme has region: eu", "region: eu: shared-2, far has region: eu", "pace: slow: orion, orion has pace: slow", "the rest: helmex, in no ring", "the rest: vega, in no ring"]],
    ["by all of the labels", [{ labels: { region: "eu", pace: "slow" } }, { tier: "shared" }],
      ["region: eu, pace: slow: shared, acme has region: eu, pace: slow", "tier shared: shared-2, tier shared", "the rest: helmex, in no ring", "the rest: orion, in no ring", "the rest: vega, in no ring"]],
    ["by any of the selectors, hosts as written first", [{ name: "all", hosts: ["vega", "shared-2"], tier: "dedicated", customers: ["acme"] }],
      ["all: vega, named in all", "all: shared-2, named in all", "all: helmex, tier dedicated", "all: orion, tier dedicated", "all: shared, serves acme"]],
    ["a host named twice is visited once, an empty ring is none", [{ hosts: ["orion", "orion"] }, { hosts: ["orion"] }, { labels: {} }, { tier: "dedicated" }],
      ["orion: orion, named in orion", "tier dedicated: helmex, tier dedicated", "tier dedicated: vega, tier dedicated", "the rest: shared, in no ring", "the rest: shared-2, in no ring"]],
  ])("%s", (_name, rings, expected) => {
    expect(order(smallFleet({ customers, rollout: { rings } })).map(({ host, ring, place }) => `${ring.name}: ${host.name}, ${place}`)).toEqual(expected);
  });
  it("with the settings of each ring", () => {
    const fleet = smallFleet({ customers, rollout: { rings: [{ hosts: ["vega"], bakeSeconds: 60 }, { tier: "dedicated", concurrency: 5 }] } });
    expect([...new Set(order(fleet).map(({ ring }) => ring))]).toEqual([
      { name: "vega", concurrency: 1, bakeSeconds: 60 }, { name: "tier dedicated", concurrency: 5, bakeSeconds: 0 }, { name: "the rest", concurrency: 1, bakeSeconds: 0 },
    ]);
  });
});

describe("a plan", () => {
  const sunday = { days: ["sun"], from: "02:00", to: "05:00", timeZone: "UTC" };
  const customers = [shared("acme"), shared("birch"), dedicated("helmex"), dedicated("orion", { window: sunday })];
  const fleet = smallFleet({ customers });
  const findings = (more: Record<string, Finding> = {}) => new Map<string, Finding>(Object.entries({ shared: update, helmex: update, orion: update, ...more }));
  const visited = (plan: Plan) => plan.rings.map(({ name, hosts }) => `${name}: ${hosts.map(({ host }) => host).join(" ")}`);
  const waits = { host: "orion", until: "2026-05-03T02:00:00.000Z", reason: "its window is sun 02:00–05:00 UTC", timeZone: "UTC" };

  it("nests hosts in rings, and leaves out rings without hosts", () => {
    const plan = planRollout(fleet, v2, findings({ shared: none }), { at });
    expect(plan).toEqual({
      format: 2, release: v2, onFailure: "halt", mostFailures: 0,
      rings: [{
        name: "dedicated", concurrency: 1, bakeSeconds: 0,
        hosts: [{ host: "helmex", place: "dedicated host", ...update, pullBytes: null, expectedSeconds: null, canary: [] }],
      }],
      unchanged: ["shared"], waiting: [waits], skipped: [], refused: [], forbidden: null, migrations: null,
      prediction: { seconds: null, calls: [
        { service: "Hetzner", calls: 0, limit: "limit 3600 an hour" }, { service: "Cloudflare", calls: 0, limit: "limit 1200 in 5 minutes" },
        { service: "registry.example.com", calls: 2, limit: "no limit known" },
      ] },
    });
    expect(plannedHosts(plan).map(({ host }) => host)).toEqual(["helmex"]);
  });

  it.each<[string, Partial<PlanOptions>, Record<string, Finding>, string[], Partial<Plan>]>([
    ["a window holds back", {}, {}, ["dedicated: helmex", "shared: shared"], { waiting: [waits] }],
    ["--now does not wait", { now: true }, {}, ["dedicated: helmex orion", "shared: shared"], { waiting: [] }],
    ["an open window does not hold", { at: new Date("2026-05-03T04:59:00Z") }, {}, ["dedicated: helmex orion", "shared: shared"], { waiting: [] }],
    ["--except leaves out, window or not", { except: ["orion", "helmex"] }, {}, ["shared: shared"], { waiting: [], skipped: [{ host: "helmex", reason: "left out on request" }, { host: "orion", reason: "left out on request" }] }],
    ["--only leaves out without a word", { only: ["helmex"] }, {}, ["dedicated: helmex"], { waiting: [], skipped: [] }],
    ["--only and a window", { only: ["orion"] }, {}, [], { waiting: [waits] }],
    ["a silent host is refused", {}, { helmex: { fault: "does not answer", hint: "is it on?" } }, ["shared: shared"], { refused: [{ host: "helmex", reason: "does not answer", hint: "is it on?" }] }],
    ["a wrong setting is a fault of usage", {}, { helmex: { fault: "no key", usage: true } }, ["shared: shared"], { refused: [{ host: "helmex", reason: "no key", usage: true }] }],
    ["a host that nobody asked is refused", {}, { helmex: undefined as unknown as Finding }, ["shared: shared"], { refused: [{ host: "helmex", reason: "nothing is known about it" }] }],
    ["--on-failure wins over the file", { onFailure: "revert" }, {}, ["dedicated: helmex", "shared: shared"], { onFailure: "revert" }],
  ])("%s", (_what, options, more, expected, rest) => {
    const plan = planRollout(fleet, v2, findings(more), { at, ...options });
    expect(visited(plan)).toEqual(expected);
    expect(plan).toMatchObject(rest);
  });

  describe("a way back that is promised", () => {
    const final = [{ name: "0004-tags", reversible: false }, { name: "0005-more", reversible: true }];
    const first: Finding = { ...update, action: "install", from: null };
    it.each<[string, Partial<PlanOptions>, Record<string, Finding>, Plan["forbidden"]]>([
      ["is refused where migrations leave none", { onFailure: "revert", migrations: final }, {}, {
        reason: "`revert` can't be promised, since 0004-tags of v2 can't be undone", hint: "--on-failure halt stops at the first failure and leaves the updated hosts as they are",
      }],
      ["is fine where they do", { onFailure: "revert", migrations: final.slice(1) }, {}, null],
      ["is not asked of halt", { onFailure: "halt", migrations: final }, {}, null],
      ["is not known without the journal", { onFailure: "revert", migrations: null }, {}, null],
      ["is not needed by a first release", { onFailure: "revert", migrations: final }, { shared: first, helmex: first }, null],
      ["is not needed when there is nothing to do", { onFailure: "revert", migrations: final }, { shared: none, helmex: none }, null],
    ])("%s", (_what, options, more, forbidden) => {
      expect(planRollout(fleet, v2, findings(more), { at, ...options }).forbidden).toEqual(forbidden);
    });
  });

  it.each<[string, object, number]>([
    ["halt puts up with none", { maxFailures: 5 }, 0], ["a number is itself", { onFailure: "continue", maxFailures: 5 }, 5], ["a share is of the hosts to visit", { onFailure: "revert", maxFailures: "50%" }, 1],
  ])("%s", (_what, rollout, expected) => {
    expect(planRollout(smallFleet({ customers, rollout }), v2, findings(), { at, now: true }).mostFailures).toBe(expected);
  });

  it("names canaries where a shared host is updated, and only there", () => {
    const rollout = { canary: { customers: ["acme", "orion"] } };
    const canaries = (more: Record<string, Finding>) => plannedHosts(planRollout(smallFleet({ customers, rollout }), v2, findings(more), { at, now: true })).map(({ host, canary }) => [host, canary]);
    expect(canaries({})).toEqual([["helmex", []], ["orion", []], ["shared", ["acme"]]]);
    expect(canaries({ shared: { ...update, action: "repair" } })).toEqual([["helmex", []], ["orion", []], ["shared", []]]);
    expect(plannedHosts(planRollout(smallFleet({ customers, rollout }), v2, findings(), { at, now: true, back: true })).every(({ canary }) => canary.length === 0)).toBe(true);
  });

  it("counts the watching of canaries", () => {
    const timed = { ...update, expectedSeconds: 5 };
    const plan = planRollout(smallFleet({ customers, rollout: { canary: { customers: ["acme"], watchSeconds: 90 } } }), v2, findings({ shared: timed, helmex: timed, orion: timed }), { at, now: true });
    expect(plannedHosts(plan).map(({ host, expectedSeconds }) => [host, expectedSeconds])).toEqual([["helmex", 5], ["orion", 5], ["shared", 95]]);
    expect(plan.prediction.seconds).toBe(105);
  });
});

describe("a canary", () => {
  const customers = Array.from({ length: 20 }, (_, at) => shared(`customer-${at + 1}`));
  const host = smallFleet({ customers: [...customers, shared("gone", { status: "suspended" })] }).host("shared")!;
  const of = (canary: object) => canaryOf(host, { watchSeconds: 60, ...canary });
  it("as named, in the host's order, suspended or not", () => expect(of({ customers: ["gone", "customer-7", "elsewhere", "customer-2"] })).toEqual(["customer-2", "customer-7", "gone"]));
  it("as a share of the active, rounded up, always the same", () => {
    expect(of({ percent: 10 })).toEqual(["customer-12", "customer-20"]);
    expect(of({ percent: 0.1 })).toHaveLength(1);
    expect(of({ percent: 11 })).toHaveLength(3);
    expect(of({ percent: 100 })).toHaveLength(20);
    for (const slug of of({ percent: 10 })) expect(of({ percent: 25 })).toContain(slug);
  });
  it("none on a dedicated host, none without the setting", () => {
    expect(canaryOf({ ...host, kind: "dedicated" }, { percent: 50, watchSeconds: 60 })).toEqual([]);
    expect(canaryOf(host, undefined)).toEqual([]);
  });
});

describe("failures", () => {
  it.each<["halt" | "continue" | "revert", number, number, string]>([
    ["halt", 0, 0, "go-on"], ["halt", 0, 1, "halt"], ["halt", 5, 1, "halt"],
    ["continue", 0, 1, "halt"], ["continue", 2, 2, "go-on"], ["continue", 2, 3, "halt"],
    ["revert", 0, 0, "go-on"], ["revert", 0, 1, "revert"], ["revert", 1, 1, "go-on"], ["revert", 1, 2, "revert"],
  ])("%s within %i, %i failed: %s", (onFailure, most, failed, expected) => {
    expect(afterFailure({ onFailure, mostFailures: most }, failed)).toBe(expected);
  });
  it.each<[number | string, number, number]>([[2, 100, 2], [0, 100, 0], ["5%", 100, 5], ["5%", 19, 0], ["5%", 20, 1], ["0%", 100, 0], ["100%", 7, 7], ["33%", 3, 0]])("%s of %i hosts: %i", (maxFailures, hosts, expected) => {
    expect(mostFailures(maxFailures, hosts)).toBe(expected);
  });
});

describe("a host is judged by what it runs", () => {
  const wanted = wantedFor(v1);
  const on = (more: Partial<Look> = {}) => serving(wanted, more);
  const app = on().apps![0]!;
  it.each([
    ["nothing there", {}, [], "install", "first release"],
    ["as wanted", on(), [], "none", ""],
    ["as wanted, but names answer wrongly", on(), ["orion.example.com answered 502 instead of 200"], "repair", "orion.example.com answered 502 instead of 200"],
    ["another release", serving(wantedFor(v2)), [], "update", "from v2"],
    ["another image under the same version", on({ apps: [{ ...app, digest: "sha256:other" }] }), [], "update", "another image under the same version"],
    ["its container dead", on({ apps: [{ ...app, status: "exited" }] }), [], "repair", "its container is exited"],
    ["its container gone", on({ apps: [] }), [], "repair", "its container app-v1-old is gone"],
    ["other settings", on({ apps: [{ ...app, settings: "old" }] }), [], "repair", "its settings changed"],
    ["other names and customers", on({ hosts: ["a.example.com"], tenants: "old" }), [], "refresh", "host names, customers changed"],
    ["files missing", on({ filesMissing: true }), [], "refresh", "files changed"],
    ["backups set up otherwise, where there are none", on({ backupFingerprint: "0".repeat(64) }), [], "none", ""],
    ["a leftover beside it", on({ apps: [app, { ...app, name: "app-v2-dead" }] }), [], "refresh", "a killed run left a container"],
    ["a lock whose owner is silent", on({ lockSilentSeconds: 31 }), [], "refresh", "a killed run left its lock"],
    ["a lock whose owner is alive", on({ lockSilentSeconds: 4 }), [], "none", ""],
  ])("%s: %s", (_name, look, faults, action, reason) => {
    const verdict = judge(parseObservation(looks(look), ["proxy", "postgres", "redis"]), wanted, faults);
    expect({ action: verdict.action, reason: verdict.reason }).toEqual({ action, reason });
  });
});

describe("what names are asked", () => {
  const fleet = smallFleet();
  it("every name of every customer, with what is expected of it", () => {
    expect(expectations(fleet.host("shared")!, outputsOf("shared").hostnames)).toEqual([
      { hostname: "acme.example.com", tenant: "acme", suspended: false, certified: true },
      { hostname: "beta.example.com", tenant: "beta", suspended: false, certified: true },
      { hostname: "beta.shop", tenant: "beta", suspended: false, certified: false },
      { hostname: "gone.example.com", tenant: "gone", suspended: true, certified: true },
    ]);
  });
  it("one of its own when a host has no customers", () => {
    expect(expectations({ ...fleet.host("shared")!, customers: [] }, [])).toEqual([{ hostname: "example.com", tenant: null, suspended: false, certified: false }]);
  });
  it.each([[["a.b"], "a.b", true], [["*.b"], "a.b", true], [["*.b"], "b", false], [["*.b"], "x.a.b", false], [[], "a.b", false]])("%j covers %s: %s", (certified, name, expected) => {
    expect(covers(certified, name)).toBe(expected);
  });
});

describe("maintenance windows", () => {
  const night = { days: ["sun" as const], from: "23:00", to: "02:00", timeZone: "Europe/Istanbul" }; // UTC+3 all year
  it.each([
    ["2026-05-03T20:00:00Z", true], ["2026-05-03T19:59:00Z", false], ["2026-05-03T22:59:00Z", true], ["2026-05-03T23:00:00Z", false], ["2026-05-02T21:00:00Z", false],
  ])("over midnight, %s: %s", (time, open) => {
    expect(isOpen(night, new Date(time))).toBe(open);
  });
});

describe("the next command", () => {
  const failed = { host: "orion", outcome: "failed" as const, from: "v1", to: "v2", seconds: 1, failure: { step: "gate-inside" as const, reason: "", undone: "" } };
  const updated = { host: "helmex", outcome: "updated" as const, from: "v1", to: "v2", seconds: 1 };
  it.each([
    ["a halt", "update-all", [updated, failed], "see `deploy logs orion`; fix, then `deploy update-all v2` continues; or `deploy rollback helmex`"],
    ["one host", "update", [failed], "see `deploy logs orion`; fix, then `deploy update orion v2` tries again"],
    ["a rollback", "rollback", [failed], "see `deploy logs orion`; fix, then `deploy rollback orion` tries again"],
    ["a lock", "update-all", [{ ...failed, failure: { ...failed.failure, step: "lock" as const } }], "`deploy resume` once the lock is free"],
    ["Ctrl-C", "update-all", [{ ...failed, failure: { ...failed.failure, interrupted: true as const } }], "`deploy resume` continues"],
    ["a revert", "update-all", [{ ...updated, outcome: "reverted" as const }, failed], "see `deploy logs orion --release v2`; the next release mends it"],
  ])("after %s", (_name, verb, hosts, expected) => {
    expect(nextCommand(verb, "v2", hosts)).toBe(expected);
  });
});

it.each(["v42", "2026.05.01", "a_b-c"])("%s is a version", (version) => { expect(checkVersion(version)).toBe(version); });
it.each(["", "-v1", "v 1", "v1;rm", "v/1", "a".repeat(51)])("%j is none", (version) => { expect(() => checkVersion(version)).toThrow(/no release version/); });
