/** Why a plan is not begun, and what to do. */
import { expect, it } from "vitest";
import type { Plan } from "../../../deploy/rollout/plan.ts";
import { mustBeStartable } from "../../../deploy/rollout/startable.ts";
import { planOf } from "../support/plan.ts";

const silent = (host: string) => ({ host, reason: "does not answer" });

it("a sound plan is begun, with or without something to do", () => expect(() => mustBeStartable(planOf(), "update-all")).not.toThrow());

it.each<[string, Partial<Plan>, string, string, string | undefined, number]>([
  ["one host", { refused: [silent("helmex")] }, "update-all", "nothing was changed, since helmex can't be updated now", "mend it, or leave it out: deploy update-all v2 --except helmex", 1],
  ["two hosts, resumed", { refused: [silent("helmex"), silent("orion")] }, "resume", "nothing was changed, since helmex, orion can't be updated now", "mend them, or leave them out: deploy update-all v2 --except helmex,orion", 1],
  ["planned only", { refused: [silent("helmex")] }, "plan", "nothing was changed, since helmex can't be updated now", "mend it, or leave it out: deploy plan v2 --except helmex", 1],
  ["the only host that was named", { refused: [silent("helmex")] }, "update", "nothing was changed, since helmex can't be updated now", undefined, 1],
  ["the host to go back", { refused: [silent("helmex")] }, "rollback", "nothing was changed, since helmex can't be updated now", undefined, 1],
  ["a setting", { refused: [{ ...silent("helmex"), usage: true }, { ...silent("orion"), usage: true }] }, "update-all", "nothing was changed", undefined, 2],
  ["a setting and a silent host", { refused: [{ ...silent("helmex"), usage: true }, silent("orion")] }, "update-all", "nothing was changed, since helmex, orion can't be updated now", "mend them, or leave them out: deploy update-all v2 --except helmex,orion", 1],
  ["forbidden", { forbidden: { reason: "no way back", hint: "--on-failure halt" }, refused: [silent("helmex")] }, "update-all", "nothing was changed: no way back", "--on-failure halt", 3],
])("%s", (_what, more, verb, message, hint, code) => {
  expect(() => mustBeStartable(planOf(more), verb)).toThrowError(expect.objectContaining({ message, hint, code }));
});
