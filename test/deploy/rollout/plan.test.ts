/** Plans: who is visited in which order, who is not and why, and the words for it. */
import { describe, expect, it } from "vitest";
import { parseObservation } from "../../../deploy/host/observe.ts";
import { describePlan, opening } from "../../../deploy/rollout/describe.ts";
import { judge } from "../../../deploy/rollout/judge.ts";
import { type Finding, heldBack, planRollout } from "../../../deploy/rollout/plan.ts";
import { order } from "../../../deploy/rollout/rings.ts";
import { nextCommand } from "../../../deploy/rollout/run.ts";
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

describe("order", () => {
  const customers = [shared("acme"), shared("far", { host: "shared-2" }), dedicated("orion"), dedicated("helmex"), dedicated("vega")];
  it.each([
    ["by default dedicated hosts by name, then shared ones", [], ["dedicated helmex", "dedicated orion", "dedicated vega", "shared shared", "shared shared-2"]],
    ["rings by host and tier, the rest last", [{ hosts: ["vega"] }, { tier: "shared" }], ["vega vega", "tier shared shared", "tier shared shared-2", "the rest helmex", "the rest orion"]],
    ["a host named twice is visited once, an empty ring is none", [{ hosts: ["orion", "orion"] }, { hosts: ["orion"] }, { tier: "dedicated" }], ["orion, orion orion", "tier dedicated helmex", "tier dedicated vega", "the rest shared", "the rest shared-2"]],
  ])("%s", (_name, rings, expected) => {
    expect(order(smallFleet({ customers, rollout: { rings } })).map(({ host, ring }) => `${ring.name} ${host.name}`)).toEqual(expected);
  });
});

describe("a plan", () => {
  const fleet = smallFleet({ customers: [shared("acme"), dedicated("helmex"), dedicated("orion", { window: { days: ["sun"], from: "02:00", to: "05:00", timeZone: "UTC" } })] });
  const findings = (more: Record<string, Finding> = {}) => new Map<string, Finding>(Object.entries({ shared: update, helmex: update, orion: update, ...more }));

  it("reads like what will happen", () => {
    const plan = planRollout(fleet, v2, findings({ shared: { action: "none", reason: "", from: "v2", backupAge: 1 } }), { at, migrations: [{ name: "0004-tags", reversible: false }] });
    expect(describePlan(plan)).toBe([
      "Plan: v1 → v2 on 1 host, 1 ring, in turn; backups 60 min old; 1 migration (no way back past 0004-tags)",
      "  ring 1  helmex",
      "  already there  shared",
      "  held back  orion: its window is sun 02:00–05:00 UTC, next Sun 02:00 (--now does not wait)",
    ].join("\n"));
  });

  it("refuses a silent host before anything starts, and leaves out who is to be left out", () => {
    const plan = planRollout(fleet, v2, findings({ helmex: { fault: "helmex does not answer", hint: "is it on?" } }), { at, except: ["shared"], now: true });
    expect(describePlan(plan)).toBe([
      "Plan: v1 → v2 on 1 host, 1 ring, in turn; backups 60 min old", "  ring 1  orion", "  held back  shared: left out on request", "  ✗ helmex: helmex does not answer", "      is it on?",
    ].join("\n"));
  });

  it("says when there is nothing to do", () => {
    const none: Finding = { action: "none", reason: "", from: "v2", backupAge: null };
    expect(describePlan(planRollout(fleet, v2, findings({ shared: none, helmex: none, orion: none }), { at, now: true }))).toBe("Plan: v2: nothing to do\n  already there  helmex, orion, shared");
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
    ["a leftover beside it", on({ apps: [app, { ...app, name: "app-v2-dead" }] }), [], "refresh", "a killed run left a container"],
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
  it("open next", () => {
    const held = (days: typeof night.days | ["mon", "sun"], at: string) => heldBack({ name: "orion", window: { ...night, days } }, { at: new Date(at) }) as { until: string; timeZone: string };
    const words = ({ until, timeZone }: { until: string; timeZone: string }) => opening(until, timeZone);
    expect(words(held(["sun"], "2026-05-03T19:00:00Z"))).toBe("Sun 23:00");
    expect(words(held(["mon", "sun"], "2026-05-03T23:30:00Z"))).toBe("Mon 23:00");
  });
});

describe("the next command", () => {
  const failed = { host: "orion", outcome: "failed" as const, from: "v1", to: "v2", seconds: 1, failure: { step: "gate-inside" as const, reason: "", undone: "" } };
  const updated = { host: "helmex", outcome: "updated" as const, from: "v1", to: "v2", seconds: 1 };
  it.each([
    ["a halt", "update-all", [updated, failed], "see `deploy logs orion`; fix, then `deploy update-all v2` continues; or `deploy rollback helmex`"],
    ["one host", "update", [failed], "see `deploy logs orion`; fix, then `deploy update orion v2` tries again"],
    ["a rollback", "rollback", [failed], "see `deploy logs orion`; fix, then `deploy rollback orion` tries again"],
    ["a lock", "update-all", [{ ...failed, failure: { ...failed.failure, step: "lock" as const } }], "`deploy update-all v2` once the lock is free"],
    ["Ctrl-C", "update-all", [{ ...failed, failure: { ...failed.failure, interrupted: true as const } }], "`deploy update-all v2` continues"],
  ])("after %s", (_name, verb, hosts, expected) => {
    expect(nextCommand(verb, "v2", hosts)).toBe(expected);
  });
});

it.each(["v42", "2026.05.01", "a_b-c"])("%s is a version", (version) => { expect(checkVersion(version)).toBe(version); });
it.each(["", "-v1", "v 1", "v1;rm", "v/1", "a".repeat(51)])("%j is none", (version) => { expect(() => checkVersion(version)).toThrow(/no release version/); });
