/** What holds for every fleet, every set of rings, every budget, every window and every saved plan. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { differences } from "../../../deploy/rollout/differences.ts";
import { type Finding, heldBack, type Plan, plannedHosts, planRollout } from "../../../deploy/rollout/plan.ts";
import { readPlan, savePlan } from "../../../deploy/rollout/plan-file.ts";
import { afterFailure, mostFailures } from "../../../deploy/rollout/policy.ts";
import { durationOf } from "../../../deploy/rollout/prediction.ts";
import { order } from "../../../deploy/rollout/rings.ts";
import type { Fleet, Host } from "../../../model/fleet.ts";
import { DAYS, isOpen } from "../../../model/windows.ts";
import { smallFleet, v2 } from "../support/fleet.ts";
import { plans } from "../support/arbitrary-plans.ts";

const SLUGS = ["ada", "bo", "cy", "dot", "eve", "flo", "gus", "hal"];
const labels = fc.dictionary(fc.constantFrom("region", "pace"), fc.constantFrom("eu", "us"), { maxKeys: 2 });
const customers = fc.subarray(SLUGS).chain((slugs) => fc.tuple(...slugs.map((slug) => fc.record({
  slug: fc.constant(slug), name: fc.constant(slug), labels, home: fc.constantFrom("dedicated live", "dedicated staged", "shared", "shared-2", "shared-10"),
})))).map((list) => list.map(({ home, ...customer }) => home.startsWith("dedicated")
  ? { ...customer, tier: "dedicated", phase: home.slice("dedicated ".length) } : { ...customer, tier: "shared", host: home }));
const ring = fc.record({
  hosts: fc.array(fc.constantFrom(...SLUGS, "shared", "shared-2", "shared-10", "nobody"), { maxLength: 4 }),
  tier: fc.constantFrom("shared", "dedicated"), customers: fc.array(fc.constantFrom(...SLUGS), { maxLength: 3 }), labels,
  concurrency: fc.integer({ min: 1, max: 9 }), bakeSeconds: fc.nat(600),
}, { requiredKeys: [] });
type Ring = typeof ring extends fc.Arbitrary<infer T> ? T : never;
const fleets = fc.record({ customers, rings: fc.array(ring, { maxLength: 5 }) });
const fleetOf = ({ customers, rings }: { customers: object[]; rings: Ring[] }): Fleet => smallFleet({ customers, rollout: { rings } });

/** The selectors' meaning, said another way. */
function selects(fleet: Fleet, { hosts = [], tier, customers = [], labels = {} }: Ring, host: Host): boolean {
  const wanted = Object.entries(labels);
  return hosts.includes(host.name) || host.tier === tier || customers.some((slug) => fleet.customer(slug)?.host === host)
    || (wanted.length > 0 && host.customers.some((customer) => wanted.every(([key, value]) => customer.labels[key] === value)));
}

it("every host is visited once, in the first ring that selects it, ring after ring", () => {
  fc.assert(fc.property(fleets, (made) => {
    const fleet = fleetOf(made);
    const places = order(fleet);
    expect(places.map(({ host }) => host.name).toSorted()).toEqual(fleet.hosts.map(({ name }) => name).toSorted());
    const first = (host: Host): number => { const at = made.rings.findIndex((one) => selects(fleet, one, host)); return at < 0 ? made.rings.length : at; };
    if (made.rings.length > 0) {
      const indexes = places.map(({ host }) => first(host));
      expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
      for (const { host, ring } of places) expect({ concurrency: ring.concurrency, bakeSeconds: ring.bakeSeconds }).toEqual({ concurrency: made.rings[first(host)]?.concurrency ?? 1, bakeSeconds: made.rings[first(host)]?.bakeSeconds ?? 0 });
    }
    // Hosts of one ring stand together.
    const rings = places.map(({ ring }) => ring);
    expect(rings.filter((ring, at) => ring !== rings[at - 1])).toHaveLength(new Set(rings).size);
  }));
});

const finding: fc.Arbitrary<Finding | undefined> = fc.oneof(
  fc.record({ action: fc.constantFrom("install", "update", "repair", "refresh", "none"), reason: fc.constant("from v1"), from: fc.constantFrom("v1", null), backupAge: fc.constantFrom(60, null) }),
  fc.record({ fault: fc.constant("silent") }), fc.constant(undefined));

it("every host has one fate, and those visited keep their order", () => {
  const choices = fc.record({ except: fc.subarray([...SLUGS, "shared"]), only: fc.option(fc.subarray([...SLUGS, "shared", "shared-2"]), { nil: undefined }) });
  fc.assert(fc.property(fleets, fc.array(finding, { minLength: 20, maxLength: 20 }), choices, (made, found, options) => {
    const fleet = fleetOf(made);
    const findings = new Map(fleet.hosts.flatMap(({ name }, at) => found[at] ? [[name, found[at]]] : []));
    const plan = planRollout(fleet, v2, findings, { at: new Date("2026-05-01T10:00:00Z"), ...options });
    const fates = [...plannedHosts(plan), ...plan.waiting, ...plan.skipped, ...plan.refused].map(({ host }) => host).concat(plan.unchanged);
    expect(fates.toSorted()).toEqual(fleet.hosts.map(({ name }) => name).filter((name) => options.only?.includes(name) ?? true).toSorted());
    const visited = plannedHosts(plan).map(({ host }) => host);
    expect(visited).toEqual(order(fleet).map(({ host }) => host.name).filter((name) => visited.includes(name)));
    expect(plan.rings.every(({ hosts }) => hosts.length > 0)).toBe(true);
  }));
});

const policy = fc.record({ onFailure: fc.constantFrom("halt", "continue", "revert"), mostFailures: fc.nat(20) });

it("a run that has stopped stays stopped, and puts up with no more failures than its budget", () => {
  fc.assert(fc.property(policy, fc.array(fc.boolean(), { maxLength: 60 }), (policy, failures) => {
    let failed = 0;
    let stopped = false;
    for (const fails of failures) {
      if (fails) failed += 1;
      const next = afterFailure(policy, failed);
      if (stopped) expect(next).not.toBe("go-on");
      if (next === "go-on") expect(failed).toBeLessThanOrEqual(policy.onFailure === "halt" ? 0 : policy.mostFailures);
      else expect(next).toBe(policy.onFailure === "revert" ? "revert" : "halt");
      stopped = next !== "go-on";
    }
  }));
});

it("a larger fleet never has a smaller budget, and a share is none that it exceeds", () => {
  const budget = fc.oneof(fc.nat(50), fc.nat(100).map((percent) => `${percent}%`));
  fc.assert(fc.property(budget, fc.nat(2000), fc.nat(2000), (budget, hosts, more) => {
    const most = mostFailures(budget, hosts);
    expect(mostFailures(budget, hosts + more)).toBeGreaterThanOrEqual(most);
    if (typeof budget === "string") expect(most / Math.max(1, hosts)).toBeLessThanOrEqual(Number.parseInt(budget) / 100);
  }));
});

/** Changes of the clock in 2026: forward and back, by an hour and by half of one, at several times of day; and none. */
const CHANGES: Record<string, string[]> = {
  "Europe/Berlin": ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"], "America/New_York": ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"],
  "Australia/Lord_Howe": ["2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"], "America/Santiago": ["2026-04-05T03:00:00Z", "2026-09-06T04:00:00Z"],
  "America/St_Johns": ["2026-03-08T05:30:00Z", "2026-11-01T04:30:00Z"], "Europe/Istanbul": ["2026-06-01T00:00:00Z"], "Asia/Kathmandu": ["2026-06-01T00:00:00Z"],
};
const clock = fc.integer({ min: 0, max: 24 * 60 - 1 }).map((minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`);
const DAY = 24 * 3600_000;
const moments = fc.constantFrom(...Object.entries(CHANGES).flatMap(([timeZone, at]) => at.map((change) => ({ timeZone, change: Date.parse(change) })))).chain(({ timeZone, change }) => fc.record({
  window: fc.record({ days: fc.subarray([...DAYS], { minLength: 1 }), from: clock, to: clock, timeZone: fc.constant(timeZone) }).filter(({ from, to }) => from !== to),
  at: fc.oneof(fc.integer({ min: -8 * DAY, max: 8 * DAY }), fc.integer({ min: -3 * 3600_000, max: 3 * 3600_000 })).map((apart) => new Date(change + apart)),
}));

it("a host that waits does so until its window opens: open then, shut a minute before and all the while", () => {
  fc.assert(fc.property(moments, fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 20 }), ({ window, at }, parts) => {
    const held = heldBack({ name: "orion", window }, { at });
    expect(held === undefined).toBe(isOpen(window, at));
    expect(heldBack({ name: "orion", window }, { at, now: true })).toBeUndefined();
    if (!held || !("until" in held)) return;
    const until = held.until === null ? at.getTime() + 14 * DAY : Date.parse(held.until);
    for (const part of parts) expect(isOpen(window, new Date(at.getTime() + Math.floor(part * (until - at.getTime()))))).toBe(false);
    if (held.until === null) return;
    expect(until).toBeGreaterThan(at.getTime());
    expect(isOpen(window, new Date(until))).toBe(true);
    expect(isOpen(window, new Date(until - 60_000))).toBe(false);
  }), { numRuns: 500 });
});

it("a plan comes back from its file as it was", () => {
  fc.assert(fc.property(plans, fc.string(), (plan, by) => {
    expect(readPlan(savePlan(plan, { at: "2026-05-01T10:00:00.000Z", by, machine: by })).plan).toEqual(plan);
  }));
});

it("a file in which anything was changed is no plan any more", () => {
  fc.assert(fc.property(plans, plans, (plan, other) => {
    fc.pre(!isDeepStrictEqual(plan, other));
    const made = { at: "2026-05-01T10:00:00.000Z", by: "ada", machine: "laptop" };
    const file = JSON.parse(savePlan(plan, made)) as object;
    expect(() => readPlan(JSON.stringify({ ...file, plan: other }))).toThrow(/was changed after it was saved/);
  }));
});

/** What is done to whom, without what changes by itself; lists whose order means nothing in one order. */
function structure({ prediction: _, ...plan }: Plan): object {
  const byHost = <T extends { host: string }>(list: readonly T[]): T[] => list.toSorted((a, b) => a.host.localeCompare(b.host));
  return {
    ...plan, unchanged: plan.unchanged.toSorted(), skipped: byHost(plan.skipped), refused: byHost(plan.refused),
    waiting: byHost(plan.waiting).map(({ until: _, ...rest }) => rest),
    rings: plan.rings.map((ring) => ({ ...ring, hosts: ring.hosts.map(({ backupAge: _, pullBytes: __, expectedSeconds: ___, ...rest }) => rest) })),
  };
}

it("there is no difference exactly where the same is done to the same hosts", () => {
  let [equal, different] = [0, 0];
  fc.assert(fc.property(plans, plans, fc.array(fc.constantFrom<keyof Plan>("rings", "waiting", "unchanged", "skipped", "refused", "migrations", "forbidden", "onFailure", "mostFailures", "release", "prediction"), { maxLength: 2 }), (one, two, keys) => {
    // Mostly alike, so that both cases come up; a host must still be in one place only.
    const other = { ...one, ...Object.fromEntries(keys.map((key) => [key, two[key]])) } as Plan;
    const hosts = [...plannedHosts(other), ...other.waiting, ...other.skipped, ...other.refused].map(({ host }) => host).concat(other.unchanged);
    fc.pre(new Set(hosts).size === hosts.length);
    const alike = isDeepStrictEqual(structure(one), structure(other));
    if (alike) equal += 1; else different += 1;
    expect(differences(one, other).length === 0).toBe(alike);
    expect(differences(other, one).length === 0).toBe(alike);
  }), { numRuns: 1000 });
  expect(Math.min(equal, different)).toBeGreaterThan(100);
});

it("a rollout takes no longer than in turn, and no less than its slowest host or its work shared out", () => {
  const rings = fc.array(fc.record({ concurrency: fc.integer({ min: 1, max: 12 }), bakeSeconds: fc.nat(600), hosts: fc.array(fc.record({ expectedSeconds: fc.nat(500) }), { minLength: 1, maxLength: 30 }) }), { maxLength: 4 });
  fc.assert(fc.property(rings, (rings) => {
    const bakes = rings.slice(0, -1).reduce((sum, { bakeSeconds }) => sum + bakeSeconds, 0);
    const work = rings.map(({ hosts }) => hosts.map(({ expectedSeconds }) => expectedSeconds));
    const sum = (list: number[]): number => list.reduce((total, one) => total + one, 0);
    const took = durationOf(rings)!;
    expect(took).toBeLessThanOrEqual(sum(work.map(sum)) + bakes);
    expect(took).toBeGreaterThanOrEqual(sum(work.map((seconds, at) => Math.max(...seconds, sum(seconds) / rings[at]!.concurrency))) + bakes - 1e-6);
    if (rings.every(({ concurrency }) => concurrency === 1)) expect(took).toBe(sum(work.map(sum)) + bakes);
  }));
});
