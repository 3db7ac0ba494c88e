/** What `apply` does about what it finds, as a value and in words. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeApply } from "../../../deploy/apply/describe.ts";
import type { Found, HostFinding } from "../../../deploy/apply/finding.ts";
import { isEmpty, planApply } from "../../../deploy/apply/plan.ts";
import type { MoveMark } from "../../../deploy/host/moves.ts";
import type { Fence } from "../../../deploy/move/data/fence.ts";
import type { Phase, Standing } from "../../../deploy/move/standing.ts";
import { smallFleet, v1 } from "../support/fleet.ts";

type Serving = Extract<HostFinding, { state: "serving" }>;

const fleet = smallFleet({ customers: [
  { slug: "acme", name: "Acme", tier: "shared" }, { slug: "beta", name: "Beta", tier: "shared", hostnames: ["beta.shop"] },
  { slug: "next", name: "Next", tier: "dedicated" }, { slug: "orion", name: "Orion", tier: "dedicated", phase: "live" },
] });
const serving = (host: string, changes: Partial<Serving> = {}): [string, Serving] =>
  [host, { state: "serving", release: v1, action: "none", reason: "", parts: [], unknown: [], certified: fleet.host(host)!.hostnames, moves: [], ...changes }];
const standing = (slug: string, phase: Phase, fences: { from?: Fence; to?: Fence; fault?: string; ownFault?: string } = {}): [string, Standing] => {
  const side = (host: string, fence: Fence | undefined, fault: string | null = null) => ({ host, fault, fence: fence ?? null, route: null, linked: false, noted: false });
  return [slug, { slug, from: side("shared", fences.from, fences.fault), to: side(slug, fences.to, fences.ownFault), phase, serving: phase === "moved" ? slug : "shared" }];
};
const mark = (slug: string, phase: MoveMark["phase"]): MoveMark => ({ slug, operation: "1", from: "shared", to: slug, phase, by: "ada", since: "" });
/** All is as the files say, but for what the test names; `next` waits for its move. */
type Changes = { hosts?: [string, HostFinding][]; standings?: [string, Standing][] } & Partial<Omit<Found, "hosts" | "standings">>;
const found = (changes: Changes = {}): Found => ({
  hosts: new Map([serving("shared"), serving("orion"), ...changes.hosts ?? []]),
  standings: new Map(changes.standings ?? [standing("next", "none")]),
  elsewhere: changes.elsewhere ?? new Map(), stacks: changes.stacks ?? new Set(["shared", "orion"]), newest: changes.newest ?? new Map(), moves: changes.moves ?? new Map(), unplanned: changes.unplanned ?? new Map(),
});
const plan = (changes: Changes = {}) => planApply(fleet, found(changes));
const calm = { standings: [standing("next", "preparing", { from: "noting", to: "left" })] };

describe("a host", () => {
  it.each<[what: string, finding: HostFinding, expected: object]>([
    ["as it should be", serving("shared")[1], { refreshes: [], byHand: [], faults: [] }],
    ["with other customers", serving("shared", { action: "refresh", parts: ["customers"], unknown: ["beta"] })[1], { refreshes: [{ host: "shared", release: "v1", changes: ["customers"], adds: ["beta"], afterMoves: false }], byHand: [] }],
    ["with a move that is being prepared", serving("shared", { action: "refresh", parts: ["customers"], moves: [mark("next", "preparing")] })[1], { refreshes: [], left: [{ what: "tell shared", because: "the move of next is not over" }] }],
    ["with a move whose cutover is done", serving("shared", { action: "refresh", parts: ["host names"], moves: [mark("next", "moved")] })[1], { refreshes: [{ host: "shared", changes: ["host names"], afterMoves: false }] }],
    ["whose container is dead", serving("shared", { action: "repair", reason: "its container is exited" })[1], { refreshes: [], byHand: [{ about: "shared", reason: "its container is exited", commands: ["deploy update shared v1"] }] }],
    ["with what a killed run left", serving("shared", { action: "refresh", reason: "a killed run left its lock" })[1], { refreshes: [{ host: "shared", changes: ["a killed run left its lock"], adds: [] }], byHand: [] }],
    ["made for other names", serving("shared", { certified: ["example.com", "*.example.com", "old.shop"] })[1], { byHand: [{ reason: "its stack has no beta.shop; its stack still has old.shop", commands: ["pulumi up -s shared"] }] }],
    ["without a release", { state: "empty" }, { byHand: [{ commands: ["deploy update shared"] }] }],
    ["without a stack", { state: "absent" }, { byHand: [{ commands: ["pulumi stack init shared", "pulumi up -s shared", "deploy update shared"] }] }],
    ["that does not answer", { state: "silent", fault: "shared does not answer" }, { faults: [{ about: "shared", reason: "shared does not answer" }] }],
  ])("%s", (_what, finding, expected) => {
    expect(plan({ ...calm, hosts: [["shared", finding]] })).toMatchObject(expected);
  });

  it("of nobody is named, and nothing is done about it", () => {
    expect(plan({ stacks: new Set(["shared", "orion", "old"]) }).notices).toEqual([expect.objectContaining({ about: "old", commands: ["runbooks/retire-a-host.md"] })]);
  });
});

describe("a customer whom the file wants on a host of its own", () => {
  it.each<[what: string, standing: [string, Standing], more: Changes, expected: object]>([
    ["moves", standing("next", "none"), {}, { moves: [{ customer: "next", from: "shared", to: "next", goesOn: false }], held: [] }],
    ["goes on with what was begun", standing("next", "preparing", { from: "noting", to: "closed" }), {}, { moves: [{ customer: "next", goesOn: true }] }],
    ["goes on after a hold that was cut short", standing("next", "between", { from: "closed", to: "closed" }), {}, { moves: [{ customer: "next", goesOn: true }] }],
    ["gets what follows its cutover", standing("next", "moved", { from: "left", to: "noting" }), {}, { moves: [{ customer: "next", goesOn: true, plan: null }] }],
    ["was brought back, and stays", standing("next", "preparing", { from: "noting", to: "left" }), {}, { moves: [], held: [{ about: "next", reason: "it was brought back to shared" }], faults: [] }],
    ["was aborted, and stays", standing("next", "none"), { newest: new Map([["next", "move abort"]]) }, { moves: [], held: [{ about: "next", commands: ["deploy move run next"] }] }],
    ["was brought back, as the journal knows when its own host is silent", standing("next", "preparing", { from: "noting", ownFault: "no answer" }), { newest: new Map([["next", "move back"]]) }, { moves: [], held: [{ about: "next", reason: "it was brought back to shared" }], faults: [] }],
    ["was brought back, and a person began anew", standing("next", "preparing", { from: "noting", to: "left" }), { newest: new Map([["next", "move"]]) }, { moves: [{ customer: "next", goesOn: true }], held: [] }],
    ["was aborted once, and began anew since", standing("next", "preparing", { from: "noting", to: "closed" }), { newest: new Map([["next", "move"]]) }, { moves: [{ customer: "next" }], held: [] }],
    ["whose own host died", standing("next", "preparing", { from: "noting", ownFault: "no answer" }), {}, { moves: [], faults: [{ about: "next", reason: "the host that it moves to does not answer: no answer" }] }],
    ["can't be judged", standing("next", "unknown", { fault: "no answer" }), {}, { moves: [], faults: [{ about: "next", reason: "where it is served is not known, since shared does not say it (no answer)" }] }],
    ["can't be planned", standing("next", "none"), { unplanned: new Map([["next", { fault: "shared is not well", hint: "mend it" }]]) }, { faults: [{ about: "next", reason: "shared is not well", commands: ["mend it"] }] }],
    ["is there", standing("orion", "moved", { from: "left", to: "noting" }), {}, { moves: [], faults: [] }],
    ["is on its way back, whose rest is done", standing("orion", "preparing", { from: "noting", to: "left" }), {}, { moves: [{ customer: "orion", from: "orion", to: "shared", goesOn: true }], faults: [] }],
    ["was said to be there before it moved", standing("orion", "preparing", { from: "noting", to: "closed" }), {}, { moves: [], faults: [{ about: "orion", commands: ["deploy customer set orion --phase ''", "deploy apply"] }] }],
  ])("%s", (_what, one, more, expected) => {
    expect(plan({ standings: [one], ...more })).toMatchObject(expected);
  });

  it("does not move while something stands in the way of its plan", () => {
    const move = { faults: [{ message: "notes has no key", mend: "ALTER TABLE notes\n  ADD PRIMARY KEY (id);" }] };
    expect(plan({ moves: new Map([["next", move as never]]) }).faults).toEqual([{ about: "next", reason: "notes has no key", commands: ["ALTER TABLE notes", "  ADD PRIMARY KEY (id);"], blocks: ["next"] }]);
  });
});

describe("a customer who would get a second, empty place", () => {
  it.each<[what: string, found: Changes, about: string, command: RegExp]>([
    ["shared in the file, served by its own host", { standings: [standing("acme", "moved", { from: "left", to: "noting" })] }, "acme", /deploy move back acme/],
    ["shared in the file, in the middle of a move", { standings: [standing("acme", "preparing", { from: "noting", to: "closed" })] }, "acme", /deploy move abort acme/],
    ["shared in the file, moved for good", { elsewhere: new Map([["acme", "acme"]]) }, "acme", /move back acme/],
    ["on another shared host", { elsewhere: new Map([["beta", "shared-2"]]) }, "beta", /--host shared-2/],
    ["live in the file, served by the shared host", { elsewhere: new Map([["orion", "shared"]]) }, "orion", /--phase ''/],
  ])("%s", (_what, changes, about, command) => {
    const { faults } = plan(changes);
    expect(faults).toEqual([expect.objectContaining({ about })]);
    expect(faults[0]!.commands.join("\n")).toMatch(command);
  });
});

describe("in words", () => {
  it("what is done, what is left to a person, what stands in the way", () => {
    const text = describeApply(plan({
      hosts: [serving("shared", { action: "refresh", parts: ["customers", "host names"], unknown: ["beta"] }), ["orion", { state: "absent" }]], stacks: new Set(["shared", "old"]), elsewhere: new Map([["beta", "shared-2"]]),
    }));
    expect(text).toMatchInlineSnapshot(`
      "Plan: move 1 customer, in turn
        next: moves from shared to next
        left to you: orion: its stack is not there → pulumi stack init orion; pulumi up -s orion; deploy update orion
        note: old: its stack is there, and costs; customers.yaml has no such host → runbooks/retire-a-host.md
        not done: tell shared, since customers.yaml has it on shared, and shared-2 serves it: a customer moves between a shared host and one of its own only
        ✗ beta: customers.yaml has it on shared, and shared-2 serves it: a customer moves between a shared host and one of its own only
            deploy customer set beta --host shared-2"
    `);
  });

  it("that there is nothing to do", () => {
    expect(describeApply(plan({ standings: [] }))).toBe("Plan: nothing to do here");
  });
});

it("never moves anybody, nor tells a host, for whom it also names a fault or leaves alone", () => {
  const phase = fc.constantFrom<Phase>("none", "preparing", "between", "moved", "unknown");
  const fence = fc.constantFrom<Fence | undefined>(undefined, "open", "noting", "closed", "left");
  const slug = fc.constantFrom("acme", "next", "orion");
  fc.assert(fc.property(slug, phase, fence, fence, fc.constantFrom("", "move", "move abort", "move back", "move finish"), (who, at, from, to, newest) => {
    const made = plan({ standings: [standing(who, at, { ...(from ? { from } : {}), ...(to ? { to } : {}) })], newest: new Map(newest ? [[who, newest]] : []) });
    const others = [...made.faults, ...made.held].map(({ about }) => about);
    expect(made.moves.filter(({ customer }) => others.includes(customer))).toEqual([]);
    // Only whom the file wants on a host of its own is taken there.
    expect(made.moves.every(({ customer, to: where }) => where !== customer || fleet.customer(customer)!.next !== undefined)).toBe(true);
    expect(isEmpty(made)).toBe(made.moves.length === 0);
  }));
});

describe("customers who come and go", () => {
  const people = smallFleet({ customers: [
    { slug: "acme", name: "Acme", tier: "shared", email: "info@acme.com" }, { slug: "beta", name: "Beta", tier: "shared" },
    { slug: "gone", name: "Gone", tier: "shared", email: "x@gone.com", status: "leaving", eraseOn: "2026-12-22" }, { slug: "late", name: "Late", tier: "shared", status: "suspended" },
  ] });
  const planned = (changes: Partial<Found>, unknown: string[] = []) => planApply(people, { ...found(), hosts: new Map([serving("shared", { action: unknown.length > 0 ? "refresh" : "none", parts: unknown.length > 0 ? ["customers"] : [], unknown, certified: people.host("shared")!.hostnames })]), standings: new Map(), stacks: new Set(["shared"]), ...changes });
  it("who is heard of for the first time gets credentials, by its e-mail address", () => {
    const plan = planned({}, ["acme", "beta"]);
    expect(plan.credentials).toEqual(["acme"]);
    expect(plan.notices).toMatchObject([{ about: "beta", commands: ["deploy customer set beta --email ADDRESS", "deploy customer credentials beta"] }]);
    expect(describeApply(plan)).toContain("Plan: tell 1 host; credentials for 1 customer\n");
  });
  it("a delivery that was not made is made up for, and nobody is locked out for it who leaves", () => {
    const plan = planned({ pending: new Set(["acme", "gone", "stranger"]) });
    expect([plan.credentials, isEmpty(plan)]).toEqual([["acme"], false]);
    expect(isEmpty(planned({}))).toBe(true);
  });
  it("of a host that can't be told, or that is left out, nobody gets any", () => {
    expect(planned({ pending: new Set(["acme"]), hosts: new Map([["shared", { state: "silent", fault: "no answer" }]]) }).credentials).toEqual([]);
    expect(planApply(people, { ...found(), standings: new Map(), pending: new Set(["acme"]) }, new Set(["shared"])).credentials).toEqual([]);
  });
  it("whose day has come is named, and not before", () => {
    expect(planned({ today: new Date("2026-12-21T23:59:00Z") }).erasures).toEqual([]);
    const plan = planned({ today: new Date("2026-12-22T00:00:00Z") });
    expect([plan.erasures, isEmpty(plan)]).toEqual([["gone"], true]);
    expect(describeApply(plan)).toContain("  data whose last day has come: gone → deploy erase");
  });
});
