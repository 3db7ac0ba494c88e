/** A plan in words: every line that it can have. */
import { describe, expect, it } from "vitest";
import { describePlan, opening } from "../../../deploy/rollout/describe.ts";
import type { Plan, PlannedRing } from "../../../deploy/rollout/plan.ts";
import { hostOf as host, planOf as plan, ringOf as ring, waitingOf as waits } from "../support/plan.ts";

const lines = (more: Partial<Plan> = {}): string[] => describePlan(plan(more)).split("\n");
const two = [ring("first", [host("helmex")]), ring("shared", [host("shared")])];

it("reads like what will happen", () => {
  expect(lines({
    onFailure: "revert", mostFailures: 1, migrations: [{ name: "0004-tags", reversible: true }],
    rings: [
      ring("canaries", [host("helmex"), host("nova", { action: "install", reason: "first release", from: null, backupAge: null })], { bakeSeconds: 600 }),
      ring("tier shared", [host("shared", { canary: ["acme", "birch"], pullBytes: 0 }), host("shared-2"), host("shared-3")], { concurrency: 5, bakeSeconds: 60 }),
    ],
    unchanged: ["vega", "zeta"], waiting: [waits("orion")], skipped: [{ host: "beta", reason: "left out on request" }],
    prediction: { seconds: 617.4, calls: [{ service: "Hetzner", calls: 0, limit: "limit 3600 an hour" }, { service: "docker.io", calls: 5, limit: "limit 100 in 6 hours from an address" }] },
  })).toEqual([
    "Plan: v1, nothing → v2 on 5 hosts in 2 rings; brings all back after more than 1 failure; backups 60 min old, 1 without; 1 migration (reversible)",
    "  ring 1  canaries: helmex, nova (first release); then watched for 10 min",
    "  ring 2  tier shared, 3 at once: shared (acme, birch first), shared-2, shared-3",
    "  already there  vega, zeta",
    "  waits  orion: opens Sun 3 May 02:00; its window is sun 02:00–05:00 Europe/Istanbul (--now does not wait)",
    "  left out on request  beta",
    "  pulls  42 MB a host, 168 MB in all; nothing on 1 host that has the image",
    "  takes  about 10 min 20 s, with 10 min of watching",
    "  asks   Hetzner 0× (limit 3600 an hour), docker.io 5× (limit 100 in 6 hours from an address)",
  ]);
});

describe("the head", () => {
  it.each<[string, Partial<Plan>, string]>([
    ["one host needs no policy", { rings: [ring("first", [host("helmex")])] }, "Plan: v1 → v2 on 1 host; backups 60 min old; no migration"],
    ["one ring", { rings: [ring("all", [host("a"), host("b")])] }, "Plan: v1 → v2 on 2 hosts in 1 ring; stops at the first failure; backups 60 min old; no migration"],
    ["continue", { rings: two, onFailure: "continue", mostFailures: 2 }, "Plan: v1 → v2 on 2 hosts in 2 rings; stops after more than 2 failures; backups 60 min old; no migration"],
    ["a share that comes to none", { rings: two, onFailure: "continue" }, "Plan: v1 → v2 on 2 hosts in 2 rings; stops at the first failure; backups 60 min old; no migration"],
    ["revert", { rings: two, onFailure: "revert" }, "Plan: v1 → v2 on 2 hosts in 2 rings; brings all back at the first failure; backups 60 min old; no migration"],
    ["no backups", { rings: [ring("first", [host("helmex", { backupAge: null })])] }, "Plan: v1 → v2 on 1 host; no backups yet; no migration"],
    ["the oldest backup counts", { rings: [ring("all", [host("a", { backupAge: 60 }), host("b", { backupAge: 90_000 })])] }, "Plan: v1 → v2 on 2 hosts in 1 ring; stops at the first failure; backups 25 h old; no migration"],
    ["migrations without a way back", { rings: [ring("first", [host("helmex")])], migrations: [{ name: "0004-a", reversible: true }, { name: "0005-b", reversible: false }] }, "Plan: v1 → v2 on 1 host; backups 60 min old; 2 migrations (no way back past 0005-b)"],
    ["migrations unknown", { rings: [ring("first", [host("helmex")])], migrations: null }, "Plan: v1 → v2 on 1 host; backups 60 min old; its migrations are not known here"],
    ["migrations unknown, and a way back promised", { rings: [ring("first", [host("helmex")])], migrations: null, onFailure: "revert" }, "Plan: v1 → v2 on 1 host; backups 60 min old; whether its migrations can be undone is not known here"],
    ["nothing to do", { unchanged: ["helmex"] }, "Plan: v2: nothing to do"],
    ["nothing possible", { refused: [{ host: "helmex", reason: "does not answer" }] }, "Plan: v2: can't start"],
  ])("%s", (_what, more, head) => {
    expect(lines(more)[0]).toBe(head);
  });
});

describe("a ring", () => {
  it.each<[string, PlannedRing, string]>([
    ["called by its only host", ring("helmex", [host("helmex")]), "  ring 1  helmex"],
    ["called by its hosts", ring("helmex, orion", [host("helmex"), host("orion")]), "  ring 1  helmex, orion"],
    ["called by its hosts, at once", ring("helmex, orion", [host("helmex"), host("orion")], { concurrency: 2 }), "  ring 1  2 at once: helmex, orion"],
    ["one of those it is called by", ring("helmex, orion", [host("orion")]), "  ring 1  helmex, orion: orion"],
    ["at once, but with one host", ring("tier dedicated", [host("helmex")], { concurrency: 10 }), "  ring 1  tier dedicated: helmex"],
    ["by customer", ring("acme", [host("shared", { place: "serves acme" })]), "  ring 1  acme: shared (serves acme)"],
    ["by customer, dedicated", ring("orion, shared", [host("orion", { place: "serves orion" })]), "  ring 1  orion, shared: orion"],
    ["by label", ring("region: eu", [host("shared", { place: "acme has region: eu" }), host("orion", { place: "orion has region: eu" })]), "  ring 1  region: eu: shared (acme has region: eu), orion"],
    ["a repair", ring("rest", [host("orion", { action: "repair", reason: "its container is exited" })]), "  ring 1  rest: orion (its container is exited)"],
    ["another image", ring("rest", [host("orion", { reason: "another image under the same version" })]), "  ring 1  rest: orion (another image under the same version)"],
    ["canaries, many", ring("shared", [host("shared", { canary: ["a", "b", "c", "d"] })]), "  ring 1  shared (a, b and 2 more first)"],
    ["all remarks", ring("rest", [host("shared", { place: "serves b", reason: "another image under the same version", canary: ["a"] })]), "  ring 1  rest: shared (serves b; another image under the same version; a first)"],
    ["a hundred hosts", ring("all", Array.from({ length: 100 }, (_, at) => host(`h${at + 1}`)), { concurrency: 10 }), `  ring 1  all, 10 at once: ${Array.from({ length: 29 }, (_, at) => `h${at + 1}`).join(", ")} and 71 more`],
    ["the last is not followed by a watch", ring("all", [host("helmex")], { bakeSeconds: 60 }), "  ring 1  all: helmex"],
  ])("%s", (_what, one, line) => {
    expect(lines({ rings: [one] })[1]).toBe(line);
  });
});

describe("who is not updated", () => {
  it.each<[string, Partial<Plan>, string[]]>([
    ["hosts with one window", { waiting: [waits("orion"), waits("vega")] }, ["  waits  orion, vega: opens Sun 3 May 02:00; its window is sun 02:00–05:00 Europe/Istanbul (--now does not wait)"]],
    ["another window", { waiting: [waits("orion"), waits("vega", { until: "2026-05-04T02:00:00.000Z", timeZone: "UTC", reason: "its window is mon 02:00–05:00 UTC" })] },
      ["  waits  orion: opens Sun 3 May 02:00; its window is sun 02:00–05:00 Europe/Istanbul (--now does not wait)", "  waits  vega: opens Mon 4 May 02:00; its window is mon 02:00–05:00 UTC (--now does not wait)"]],
    ["a window that stays shut", { waiting: [waits("orion", { until: null })] }, ["  waits  orion: opens in more than two weeks; its window is sun 02:00–05:00 Europe/Istanbul (--now does not wait)"]],
    ["several left out", { skipped: [{ host: "a", reason: "left out on request" }, { host: "b", reason: "left out on request" }] }, ["  left out on request  a, b"]],
    ["refused", { refused: [{ host: "helmex", reason: "helmex does not answer\n  last line" }, { host: "orion", reason: "no stack", hint: "pulumi up -s orion" }] },
      ["  ✗ helmex: helmex does not answer", "      last line", "  ✗ orion: no stack", "      pulumi up -s orion"]],
    ["forbidden", { forbidden: { reason: "`revert` can't be promised", hint: "--on-failure halt" } }, ["  ✗ `revert` can't be promised", "      --on-failure halt"]],
  ])("%s", (_what, more, expected) => {
    expect(lines(more).slice(1)).toEqual(expected);
  });
});

describe("what it will take", () => {
  const sized = (...sizes: (number | null)[]): Partial<Plan> => ({ rings: [ring("all", sizes.map((pullBytes, at) => host(`h${at}`, { pullBytes })))] });
  it.each<[string, Partial<Plan>, string]>([
    ["one host", sized(42_000_000), "  pulls  42 MB on 1 host"],
    ["different sizes", sized(42_000_000, 84_000_000), "  pulls  42 MB to 84 MB a host, 126 MB in all"],
    ["there already", sized(0, 0), "  pulls  nothing: the image is there"],
    ["there on some", sized(0, 0, 1_000_000), "  pulls  1 MB on 1 host; nothing on 2 hosts that have the image"],
    ["not known", sized(null, null), "  pulls  size not known"],
    ["not known of one", sized(null, 5_000_000), "  pulls  5 MB on 1 host; not known for 1 host"],
  ])("pulls: %s", (_what, more, line) => {
    expect(lines(more).find((text) => text.startsWith("  pulls"))).toBe(line);
  });
  const taking = (seconds: number | null, bakeSeconds = 0): Partial<Plan> => ({ rings: [ring("first", [host("a")], { bakeSeconds }), ring("rest", [host("b")])], prediction: { seconds, calls: [] } });
  it.each<[string, Partial<Plan>, string]>([
    ["seconds", taking(0.2), "  takes  about 1 s"],
    ["seconds, watched", taking(102.3, 90), "  takes  about 1 min 42 s, with 1 min 30 s of watching"],
    ["minutes", taking(304), "  takes  about 5 min"],
    ["hours", taking(5000), "  takes  about 1 h 23 min"],
    ["no past", taking(null), "  takes  not known before a first run"],
    ["no past, watched", taking(null, 600), "  takes  not known before a first run, and 10 min of watching"],
  ])("time: %s", (_what, more, line) => {
    expect(lines(more).find((text) => text.startsWith("  takes"))).toBe(line);
  });
});

it("a window opens by its own clock", () => {
  expect(opening("2026-10-25T01:30:00Z", "Europe/Berlin")).toBe("Sun 25 Oct 02:30");
});
