/** How long a store is tried: its states, on a clock that is only counted. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Journal } from "../../../deploy/journal/journal.ts";
import type { PostgresPlace } from "../../../deploy/journal/away.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { JournalAway } from "../../../deploy/journal/away.ts";
import { lenient } from "../../../deploy/journal/lenient.ts";
import { patience, type Persist } from "../../../deploy/journal/patience.ts";

const place: PostgresPlace = { shown: "postgres://db/etage", user: "ada", host: "db", database: "etage", secrets: [] };
const refused = () => Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

let notes: string[];
let persist: Persist;
let asked: number;
let broken: boolean;
const work = async () => {
  asked += 1;
  if (broken) throw refused();
  return "written";
};
beforeEach(() => {
  vi.useFakeTimers();
  [notes, asked, broken] = [[], 0, false];
  persist = patience({ place, seconds: 60, note: (message) => notes.push(message) });
});
afterEach(() => { vi.useRealTimers(); });

/** Lets time pass until the promise is through; resolves with its end and how many seconds that took. */
async function outcome(promise: Promise<unknown>): Promise<[string, number]> {
  const began = Date.now();
  let end: string | undefined;
  promise.then((value) => { end = String(value); }, (error: Error) => { end = `${error.name}: ${error.message}`; });
  while (end === undefined) await vi.advanceTimersByTimeAsync(100);
  return [end, Math.round((Date.now() - began) / 1000)];
}

describe("a store on the network", () => {
  it("that never answered is asked once: nothing was begun yet", async () => {
    broken = true;
    expect(await outcome(persist(work))).toEqual(["JournalAway: the journal postgres://db/etage can't be used: nothing listens there", 0]);
    expect([asked, notes]).toEqual([1, []]);
  });

  it("that blinks is waited for, and people are told once", async () => {
    await persist(work);
    broken = true;
    setTimeout(() => { broken = false; }, 20_000);
    expect(await Promise.all([outcome(persist(work)), outcome(persist(work))])).toEqual([["written", expect.toSatisfy((took: number) => took >= 20 && took <= 22)], expect.anything()]);
    expect(notes).toEqual(["The journal postgres://db/etage does not answer: nothing listens there; trying for 60 s", "The journal answers again"]);
  });

  it("that stays away is given up after its minute, is then asked once a call, and taken back when it answers", async () => {
    await persist(work);
    broken = true;
    const [end, took] = await outcome(persist(work));
    expect(end).toMatch(/^JournalAway: the journal postgres:\/\/db\/etage has been away for \d+ s: nothing listens there$/);
    expect(took).toBeGreaterThan(55);
    expect(took).toBeLessThan(65);
    asked = 0;
    expect(await outcome(persist(work))).toEqual(["JournalAway: the journal postgres://db/etage can't be used: nothing listens there", 0]);
    expect(asked).toBe(1);
    broken = false;
    expect(await outcome(persist(work))).toEqual(["written", 0]);
    expect(notes.at(-1)).toBe("The journal answers again");
    broken = true;
    setTimeout(() => { broken = false; }, 3_000);
    expect((await outcome(persist(work)))[0]).toBe("written");
  });

  it("is not blamed for a statement that is wrong", async () => {
    await persist(work);
    const wrong = Object.assign(new Error("syntax error"), { code: "42601" });
    await expect(persist(async () => { throw wrong; })).rejects.toBe(wrong);
  });
});

describe("a way back", () => {
  it("goes on without the journal, and says so once", async () => {
    const real = openSqlite(":memory:");
    await real.begin({ id: "op", verb: "update", subject: "v2", by: "ada", machine: "laptop", startedAt: "" });
    let away = true;
    const reachable = (): void => { if (away) throw new JournalAway("the journal is away"); };
    const flaky: Journal = {
      ...real, stepsExpected: async (...all) => { reachable(); return real.stepsExpected(...all); }, stepStarted: async (step) => { reachable(); return real.stepStarted(step); },
    };
    const stops: string[] = [];
    const journal = lenient(flaky, { note: (message) => notes.push(message), away: ({ message }) => stops.push(message) });
    const step = { operation: "op", host: "orion", step: "undo", startedAt: "" };
    for (const id of await journal.stepsExpected("op", "orion", ["switch", "undo"], "")) {
      await journal.stepBegan(id, "");
      await journal.stepEnded(id, "", "ok", null);
    }
    await journal.stepEnded(await journal.stepStarted(step), "", "ok", null);
    away = false;
    await journal.stepEnded(await journal.stepStarted({ ...step, step: "unlock" }), "1", "ok", null);
    expect((await real.steps("op")).map(({ step, outcome }) => [step, outcome])).toEqual([["unlock", "ok"]]);
    expect([notes, stops]).toEqual([["the journal is away; nothing new is begun without it"], ["the journal is away"]]);
    await expect(journal.stepStarted({ ...step, operation: "none" })).rejects.toThrow(/FOREIGN KEY/);
  });
});
