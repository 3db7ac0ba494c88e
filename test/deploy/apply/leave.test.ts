/** What `apply` leaves alone, because a host is silent, because something is in the way, or because it was asked to. */
import { describe, expect, it } from "vitest";
import { describeApply } from "../../../deploy/apply/describe.ts";
import type { Found, HostFinding } from "../../../deploy/apply/finding.ts";
import { exceptOf, isDone } from "../../../deploy/apply/leave.ts";
import { planApply } from "../../../deploy/apply/plan.ts";
import { runTasks, type Task } from "../../../deploy/apply/tasks.ts";
import { Refused, UserError } from "../../../deploy/errors.ts";
import type { MoveMark } from "../../../deploy/host/moves.ts";
import type { Standing } from "../../../deploy/move/standing.ts";
import { smallFleet, v1 } from "../support/fleet.ts";

const fleet = smallFleet({ customers: [
  { slug: "acme", name: "Acme", tier: "shared" }, { slug: "beta", name: "Beta", tier: "shared", host: "shared-2" },
  { slug: "next", name: "Next", tier: "dedicated" }, { slug: "orion", name: "Orion", tier: "dedicated", phase: "live" },
] });
type Serving = Extract<HostFinding, { state: "serving" }>;
const stale = (host: string, more: Partial<Serving> = {}): [string, HostFinding] =>
  [host, { state: "serving", release: v1, action: "refresh", reason: "", parts: ["customers"], unknown: [], certified: fleet.host(host)!.hostnames, moves: [], ...more }];
const silent = (host: string): [string, HostFinding] => [host, { state: "silent", fault: `${host} does not answer` }];
const side = (host: string) => ({ host, fault: null, fence: null, route: null, linked: false, noted: false });
const standing: Standing = { slug: "next", from: side("shared"), to: side("next"), phase: "none", serving: "shared" };
const found = (hosts: [string, HostFinding][], more: Partial<Found> = {}): Found => ({
  hosts: new Map([stale("shared"), stale("shared-2"), stale("orion"), ...hosts]), standings: new Map([["next", standing]]), elsewhere: new Map(),
  stacks: new Set(["shared", "shared-2", "orion"]), newest: new Map(), moves: new Map(), unplanned: new Map(), ...more,
});
const told = ({ refreshes, moves }: ReturnType<typeof planApply>): string[] => [...refreshes.map(({ host }) => host), ...moves.map(({ customer }) => `move ${customer}`)];
const mark = (slug: string): MoveMark => ({ slug, operation: "1", from: "shared", to: slug, phase: "preparing", by: "ada", since: "" });

describe("a host that does not answer", () => {
  it("keeps nobody else from what is to be done", () => {
    const plan = planApply(fleet, found([silent("orion")]));
    expect(told(plan)).toEqual(["shared", "shared-2", "move next"]);
    expect(plan.faults).toMatchObject([{ about: "orion", reason: "orion does not answer" }]);
    expect(isDone(plan)).toBe(false);
  });

  it("is left by nobody, and nobody is moved to it", () => {
    const plan = planApply(fleet, found([silent("shared")]));
    expect(told(plan)).toEqual(["shared-2", "orion"]);
    expect(plan.left).toEqual([{ what: "move next", about: "next", because: "shared does not answer", wanted: false }]);
  });

  it("may have a customer whom another shared host does not know yet", () => {
    const plan = planApply(fleet, found([silent("shared-2"), stale("shared", { unknown: ["acme"] })]));
    expect(told(plan)).toEqual(["orion", "move next"]);
    expect(plan.faults).toMatchObject([{ about: "shared", reason: "whether shared-2 serves acme already is not known, since it does not answer", commands: ["deploy update shared v1"] }, { about: "shared-2" }]);
    // A customer on its way to a host of its own is where the files say.
    expect(told(planApply(fleet, found([silent("shared-2"), stale("shared", { unknown: ["next"] })])))).toEqual(["shared", "orion", "move next"]);
  });

  it("may have the one whose own host was never made", () => {
    const plan = planApply(fleet, found([silent("shared-2"), ["orion", { state: "absent" }]]));
    expect(plan.byHand).toEqual([]);
    expect(plan.faults).toMatchObject([{ about: "shared-2" }, { about: "orion", reason: "whether shared-2 serves orion already is not known, since it does not answer" }]);
  });

  it("does not fail what was asked to leave it out", () => {
    const plan = planApply(fleet, found([silent("orion")]), new Set(["orion"]));
    expect(plan.faults).toEqual([]);
    expect(told(plan)).toEqual(["shared", "shared-2", "move next"]);
    expect(isDone(plan)).toBe(true);
  });
});

describe("something in the way of one customer", () => {
  it("keeps nobody else from moving, nor the hosts from being told", () => {
    const plan = planApply(fleet, found([], { unplanned: new Map([["next", { fault: "its rows have no key" }]]) }));
    expect(told(plan)).toEqual(["shared", "shared-2", "orion"]);
    expect(plan.left).toEqual([{ what: "move next", about: "next", because: "its rows have no key", wanted: false }]);
  });

  it("who would be made a second time keeps the host from being told of it", () => {
    const plan = planApply(fleet, found([], { elsewhere: new Map([["acme", "shared-2"]]) }));
    expect(told(plan)).toEqual(["shared-2", "orion", "move next"]);
    expect(plan.left.map(({ what }) => what)).toEqual(["tell shared"]);
    // Also when it was asked to leave that customer out: the host is told of all its customers at once.
    expect(told(planApply(fleet, found([], { elsewhere: new Map([["acme", "shared-2"]]) }), new Set(["acme"])))).toEqual(["shared-2", "orion", "move next"]);
  });

  it("still fails what leaves that customer out, when a host has to be told of it", () => {
    expect(isDone(planApply(fleet, found([], { elsewhere: new Map([["acme", "shared-2"]]) }), new Set(["acme"])))).toBe(false);
  });

  it("leaves a host that waits for that move, too", () => {
    const plan = planApply(fleet, found([stale("shared", { moves: [mark("next")] })], { unplanned: new Map([["next", { fault: "its rows have no key" }]]) }));
    expect(told(plan)).toEqual(["shared-2", "orion"]);
    expect(planApply(fleet, found([stale("shared", { moves: [mark("next")] })])).refreshes).toMatchObject([{ host: "shared", afterMoves: true }, {}, {}]);
    expect(plan.left.map(({ what, because }) => `${what}: ${because}`)).toEqual(["move next: its rows have no key", "tell shared: the move of next is not over"]);
  });
});

describe("what was asked to be left out", () => {
  it.each<[except: string, told: string[], left: string[]]>([
    ["shared", ["shared-2", "orion"], ["tell shared", "move next"]],
    ["next", ["shared", "shared-2", "orion"], ["move next"]],
    ["orion", ["shared", "shared-2", "move next"], ["tell orion"]],
    ["acme", ["shared", "shared-2", "orion", "move next"], []],
  ])("%s", (name, does, left) => {
    const plan = planApply(fleet, found([]), new Set([name]));
    expect(told(plan)).toEqual(does);
    expect(plan.left).toEqual(left.map((what) => ({ what, about: what.split(" ")[1], because: `${name} is left out on request`, wanted: true })));
    expect(isDone(plan)).toBe(true);
  });

  it("is read from the command line, and a typing mistake is one", () => {
    expect([...exceptOf(fleet, ["orion, next", "shared-2"])]).toEqual(["orion", "next", "shared-2"]);
    expect(() => exceptOf(fleet, ["orin"])).toThrow(expect.objectContaining({ code: 2, hint: "did you mean `orion`?" }));
  });

  it("in words", () => {
    expect(describeApply(planApply(fleet, found([silent("orion")]), new Set(["next"])))).toMatchInlineSnapshot(`
      "Plan: tell 2 hosts
        shared: customers; stays on v1
        shared-2: customers; stays on v1
        not done: move next, since next is left out on request
        ✗ orion: orion does not answer"
    `);
  });
});

describe("tasks", () => {
  const task = (what: string, hosts: string[], run: () => Promise<boolean>): Task => ({ what, hosts, run });
  const well = async (): Promise<boolean> => true;
  const calm = new AbortController().signal;

  it("that touch a host at which one failed are left, others are done", async () => {
    const gone = new UserError("shared does not answer");
    const { done, left, fault } = await runTasks([
      task("tell shared", ["shared"], () => Promise.reject(gone)), task("tell orion", ["orion"], well), task("move next", ["shared", "next"], well), task("tell next", ["next"], well),
    ], calm, () => {});
    expect(done).toEqual(["tell orion", "tell next"]);
    expect(left).toEqual(["tell shared", "move next"]);
    expect(fault).toBe(gone);
  });

  it("tell the first fault and throw a bug", async () => {
    const said: string[] = [];
    const { fault } = await runTasks([task("a", ["a"], async () => { throw new Refused("locked by ada", "wait"); }), task("b", ["b"], async () => { throw new UserError("gone"); })], calm, (line) => said.push(line));
    expect(fault).toBeInstanceOf(Refused);
    expect(said).toEqual(["gone"]);
    await expect(runTasks([task("a", ["a"], async () => { throw new TypeError("a bug"); })], calm, () => {})).rejects.toThrow("a bug");
  });

  it("end when a person stops", async () => {
    const stopped = AbortSignal.abort();
    expect(await runTasks([task("a", ["a"], well), task("b", ["b"], well)], stopped, () => {})).toEqual({ done: [], left: ["a", "b"], fault: undefined });
  });
});
