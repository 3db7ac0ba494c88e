/** Where a customer is served, by what two hosts say. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { standingWords } from "../../../deploy/move/afterwards.ts";
import type { Fence } from "../../../deploy/move/data/fence.ts";
import { cameBack, phaseOf, type SideStanding } from "../../../deploy/move/standing.ts";

const side = (host: string, changes: Partial<SideStanding> = {}): SideStanding => ({ host, fault: null, fence: null, route: null, linked: false, noted: false, ...changes });
const phase = (from: Partial<SideStanding>, to: Partial<SideStanding>, byFiles = "shared") => phaseOf(side("shared", from), side("acme", to), byFiles);

describe("the phase of a move", () => {
  it.each<[what: string, from: Partial<SideStanding>, to: Partial<SideStanding>, phase: string, serving: string | null]>([
    ["nothing anywhere", {}, {}, "none", "shared"],
    ["a link that was opened", { linked: true }, {}, "preparing", "shared"],
    ["a note that updates look for, and nothing else", { noted: true }, {}, "preparing", "shared"],
    ["a guard on the old side only", { fence: "open" }, {}, "preparing", "shared"],
    ["prepared", { fence: "noting", linked: true }, { fence: "closed", linked: true }, "preparing", "shared"],
    ["sealed, not settled", { fence: "closed" }, { fence: "closed" }, "between", null],
    ["settled, and the old side does not know it yet", { fence: "closed" }, { fence: "noting" }, "between", null],
    ["sealed on the way back", { fence: "left" }, { fence: "closed" }, "between", null],
    ["back again", { fence: "noting" }, { fence: "left" }, "preparing", "shared"],
    ["moved", { fence: "left" }, { fence: "noting" }, "moved", "acme"],
    ["moved, and the new host is silent", { fence: "left" }, { fault: "no answer" }, "moved", "acme"],
    ["prepared, and the new host is silent", { fence: "noting" }, { fault: "no answer" }, "preparing", "shared"],
    ["the old host is silent, and the new one writes", { fault: "no answer" }, { fence: "noting" }, "moved", "acme"],
    ["the old host is silent, and the new one must not write", { fault: "no answer" }, { fence: "closed" }, "unknown", null],
    ["both write, which must never be", { fence: "noting" }, { fence: "noting" }, "between", null],
    ["both silent", { fault: "no answer" }, { fault: "no answer" }, "unknown", null],
  ])("%s", (_what, from, to, expected, serving) => {
    expect(phase(from, to)).toEqual({ phase: expected, serving });
  });

  it.each<[what: string, to: Partial<SideStanding>]>([
    ["the old side is forgotten", { fence: "noting", linked: true, noted: true }], ["only the link is left", { linked: true, noted: true }], ["only the note is left", { noted: true }],
  ])("is not that of a way back when somebody died at the end of finish: %s", (_what, to) => {
    expect(phase({}, to, "acme")).toEqual({ phase: "moved", serving: "acme" });
  });

  it.each<[what: string, from: Partial<SideStanding>, to: Partial<SideStanding>, byFiles: string, returned: boolean]>([
    ["back, and DNS not yet", { fence: "noting" }, { fence: "left" }, "acme", true],
    ["back, and nothing was checked yet", { fence: "noting" }, { fence: "left" }, "shared", true],
    ["prepared for the first time", { fence: "noting" }, { fence: "closed" }, "shared", false],
    ["moved", { fence: "left" }, { fence: "noting" }, "acme", false],
    ["nothing anywhere", {}, {}, "shared", false],
  ])("knows a way back whose cutover is done: %s", (_what, from, to, byFiles, returned) => {
    const [one, other] = [side("shared", from), side("acme", to)];
    expect(cameBack({ to: other, ...phaseOf(one, other, byFiles) }, byFiles)).toBe(returned);
  });

  it("never says that the old host serves while its fence is closed or left behind", () => {
    const fence = fc.constantFrom<Fence | null>(null, "open", "closed", "noting", "left");
    fc.assert(fc.property(fence, fence, (one, other) => {
      const { serving } = phase({ fence: one }, { fence: other }, one === "left" ? "acme" : "shared");
      expect(serving === "shared" && (one === "closed" || one === "left")).toBe(false);
    }));
  });
});

describe("in words", () => {
  const words = (from: Partial<SideStanding>, to: Partial<SideStanding>) => {
    const [one, other] = [side("shared", from), side("acme", to)];
    return standingWords({ slug: "acme", from: one, to: other, ...phaseOf(one, other, "shared") });
  };
  it.each<[from: Partial<SideStanding>, to: Partial<SideStanding>, undone: RegExp, next: RegExp]>([
    [{}, {}, /shared serves acme as before; nothing was changed/, /deploy move run acme/],
    [{ fence: "noting" }, { fence: "closed" }, /shared serves acme as before; what is prepared stays/, /deploy move abort acme/],
    [{ fence: "left" }, { fence: "noting" }, /acme serves acme, shared is kept current/, /deploy move back acme/],
    [{ fence: "closed" }, { fence: "closed" }, /watchdog lets them go there/, /deploy move status acme, then/],
    [{ fault: "timed out" }, { fence: "closed" }, /not known.*shared: timed out/, /deploy move status acme/],
  ])("%j, %j", (from, to, undone, next) => {
    expect(words(from, to)).toEqual({ undone: expect.stringMatching(undone), next: expect.stringMatching(next) });
  });
});
