/** Who gets a lock, after how long: owners that live, die, and come one after the other, on a clock that is only counted. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Answer, waitForLock } from "../../../deploy/rollout/wait-for-lock.ts";

interface Owner { operation?: string }
/** Who holds the lock from when until when (seconds), and until when it beats. */
interface Tenure { operation: string; from: number; beatsUntil: number; until?: number }

const EXPIRY = 30;
const BEAT = 5;

async function play(tenures: Tenure[], wait: number, begin = 0) {
  let now = begin;
  const told: string[] = [];
  const ask = async (): Promise<Answer<Owner>> => {
    const owner = tenures.findLast(({ from, until = Infinity }) => from <= now && now < until);
    if (!owner) return { outcome: "taken" };
    const last = owner.from + Math.floor((Math.min(now, owner.beatsUntil) - owner.from) / BEAT) * BEAT;
    const silentSeconds = Math.floor(now - last);
    return silentSeconds < EXPIRY ? { outcome: "held", silentSeconds, by: owner } : { outcome: "taken-over", silentSeconds, from: owner };
  };
  const answer = await waitForLock(ask, { wait, expiry: EXPIRY, pause: async (seconds) => { now += seconds; }, note: ({ operation }, waited) => told.push(`${operation} ${waited}`) });
  return { outcome: answer.outcome, after: now - begin, told };
}

const forever = Infinity;
describe("a lock", () => {
  it.each<[string, Tenure[], number, number, string, number, string[]]>([
    ["that is free is taken at once", [], 0, 0, "taken", 0, []],
    ["that expired is taken over at once", [{ operation: "a", from: 0, beatsUntil: 0 }], 0, 30, "taken-over", 0, []],
    ["whose owner died just now is waited for", [{ operation: "a", from: 0, beatsUntil: 0 }], 0, 1, "taken-over", 29, ["a 0", "a 10", "a 20"]],
    ["whose owner died a while ago is waited for as long as it needs", [{ operation: "a", from: 0, beatsUntil: 12 }], 0, 32, "taken-over", 8, ["a 0"]],
    ["whose owner beats is refused when the beat is seen", [{ operation: "a", from: 0, beatsUntil: forever }], 0, 2, "held", 3, ["a 0"]],
    ["whose owner beats is refused within a beat, however late we come", [{ operation: "a", from: 0, beatsUntil: forever }], 0, 1000, "held", 5, ["a 0"]],
    ["that is given back while we look is taken", [{ operation: "a", from: 0, beatsUntil: forever, until: 3 }], 0, 0, "taken", 3, ["a 0"]],
    ["whose owner beats is waited for when that is wished", [{ operation: "a", from: 0, beatsUntil: forever, until: 25 }], 60, 0, "taken", 25, ["a 0", "a 10", "a 20"]],
    ["whose owner does not come to an end is waited for no longer than wished", [{ operation: "a", from: 0, beatsUntil: forever }], 12, 0, "held", 12, ["a 0", "a 10"]],
    ["whose owner dies while we wait is taken over, though the wish is at an end", [{ operation: "a", from: 0, beatsUntil: 10 }], 25, 0, "taken-over", 40, ["a 0", "a 10", "a 20", "a 30"]],
    ["that another got before us is that one's", [{ operation: "a", from: 0, beatsUntil: 0, until: 8 }, { operation: "b", from: 8, beatsUntil: forever }], 0, 5, "held", 3, ["a 0"]],
  ])("%s", async (_name, tenures, wait, begin, outcome, after, told) => {
    expect(await play(tenures, wait, begin)).toEqual({ outcome, after, told });
  });

  it("on a clock that stands still is given up", async () => {
    let paused = 0;
    const answer = await waitForLock<Owner>(async () => ({ outcome: "held", silentSeconds: 4, by: { operation: "a" } }), { wait: 0, expiry: EXPIRY, pause: async (seconds) => { paused += seconds; }, note: () => {} });
    expect([answer.outcome, paused]).toEqual(["held", 60]);
  });

  it("is not waited for any more when the person stops", async () => {
    const stopped = waitForLock<Owner>(async () => ({ outcome: "held", silentSeconds: 4, by: {} }), { wait: 600, expiry: EXPIRY, pause: async () => { throw new Error("stopped on request"); }, note: () => {} });
    await expect(stopped).rejects.toThrow("stopped on request");
  });

  it("of a dead owner never needs a person, and a living one's is never taken", async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 100 }), async (beatsUntil, begin, wait) => {
      const dead = await play([{ operation: "a", from: 0, beatsUntil }], wait, begin);
      const diesLater = beatsUntil > begin;
      if (!diesLater) expect([dead.outcome, dead.after <= EXPIRY]).toEqual(["taken-over", true]);
      const living = await play([{ operation: "a", from: 0, beatsUntil: forever }], wait, begin);
      expect([living.outcome, living.after <= Math.max(wait, BEAT)]).toEqual(["held", true]);
    }));
  });
});
