/** A journal that goes away in the middle of an update, at each of its writes: the host comes to rest, and nothing new begins. */
import { describe, expect, it } from "vitest";
import { JournalAway } from "../../../deploy/journal/away.ts";
import type { Journal } from "../../../deploy/journal/journal.ts";
import { lenient } from "../../../deploy/journal/lenient.ts";
import { v1 } from "../support/fleet.ts";
import { serving } from "../support/observation.ts";
import { play, wantedFor } from "../support/job.ts";

/** Away from the given write on, for so many writes. */
function awayFrom(first: number, writes = Number.POSITIVE_INFINITY) {
  let written = 0;
  let used: Journal;
  const journal = (real: Journal, stop: AbortController, notes: string[]): Journal => {
    const reach = async <T>(write: () => Promise<T>): Promise<T> => {
      written += 1;
      if (written >= first && written < first + writes) throw new JournalAway("the journal postgres://db/etage has been away for 60 s: nothing listens there");
      return write();
    };
    const flaky: Journal = {
      ...real, stepsExpected: (...all) => reach(() => real.stepsExpected(...all)), stepBegan: (...all) => reach(() => real.stepBegan(...all)), stepEnded: (...all) => reach(() => real.stepEnded(...all)),
    };
    return used = lenient(flaky, { note: (message) => notes.push(message), away: (error) => stop.abort(error) });
  };
  return { journal, written: () => written, end: async () => { await used.end("op", "later", "stopped", null); return used.steps("op"); } };
}

async function playAway(first: number, writes?: number) {
  const { journal, written, end } = awayFrom(first, writes);
  return { ...await play({ look: () => serving(wantedFor(v1)), journal }), written: written(), end };
}

describe("a journal that goes away", async () => {
  const { written } = await playAway(Number.POSITIVE_INFINITY);
  it.each(Array.from({ length: written }, (_, at) => at + 1))(`at write %i of ${written} leaves a sound host, no lock, and says why`, async (first) => {
    const { result, transcript, notes } = await playAway(first);
    expect(notes.filter((note) => note.includes("has been away"))).toEqual(["the journal postgres://db/etage has been away for 60 s: nothing listens there; nothing new is begun without it"]);
    if (transcript.includes("lock")) expect(transcript.at(-1)).toBe("unlock");
    const started = transcript.includes("start app-v2-new");
    const switched = transcript.includes("switch to app-v2-new");
    if (result.outcome === "updated") expect(switched).toBe(true);
    else {
      expect(result.failure).toMatchObject({ reason: expect.stringContaining("has been away for 60 s"), interrupted: true });
      expect(switched).toBe(false);
      if (started) expect(transcript).toContain("remove app-v2-new");
    }
  });

  it("and comes back is told what became of the steps it knew", async () => {
    const { end } = await playAway(5, 2);
    expect((await end()).map(({ step, outcome, endedAt }) => [step, outcome, endedAt === "later"])).toEqual([["lock", "ok", false], ["preflight", "ok", false], ["unlock", "ok", false]]);
  });
});
