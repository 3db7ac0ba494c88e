/** What every store of the journal has to do, run against each of them. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Journal, NewOperation } from "../../../deploy/journal/journal.ts";

/** An empty store: opened as often as a test wants, by other processes too. `judges`: by a clock of its own, so that time has to pass really. */
export interface Store { state: string; judges: boolean; open(): Journal }

/** Milliseconds after which locks expire here. */
const EXPIRY = 1000;
/** Those of two processes, which may be kept from beating by a busy machine. */
const RACERS_EXPIRY = 2500;
let ahead = 0;
const now = (): string => new Date(Date.now() + ahead).toISOString();
const silentSince = (): string => new Date(Date.now() + ahead - EXPIRY).toISOString();
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const operation = (id: string, more: Partial<NewOperation> = {}): NewOperation => ({ id, verb: "update-all", subject: "v2", by: "ada", machine: "laptop", startedAt: now(), ...more });
const lock = (owner: string, name = "rollout") => ({ name, operation: owner, by: "ada", machine: "laptop", reason: "update-all v2", since: now() });
const release = (version: string, more: object = {}) =>
  ({ version, digest: `sha256:${version}`, image: "r/app", commit: null, dirty: true, migrations: [{ name: "0001", reversible: false }], builtAt: `2026-01-0${version.slice(1)}T00:00:00.000Z`, by: "ada", ...more });

export function journalSuite(name: string, fresh: () => Promise<Store>): void {
  let store: Store;
  let one: Journal;
  let other: Journal;
  beforeEach(async () => {
    store = await fresh();
    [one, other] = [store.open(), store.open()];
    ahead = 0;
  });
  afterEach(async () => { await Promise.all([one.close(), other.close()]); });

  const pass = async (milliseconds: number) => {
    if (store.judges) await wait(milliseconds);
    else ahead += milliseconds;
  };
  const take = (journal: Journal, owner: string) => journal.takeLock(lock(owner), now(), silentSince());

  describe(`operations in ${name}`, () => {
    it("are known with all that was told, and leave long plans out of lists", async () => {
      const begun = operation("op", { plan: '{"format":2}', parent: "before" });
      await one.begin(begun);
      expect(await other.operation("op")).toEqual({ ...begun, endedAt: null, outcome: null, detail: null, lostTo: null, beatAt: expect.any(String) });
      const { plan: _, ...entry } = begun;
      expect(await other.operations(10)).toEqual([expect.objectContaining(entry)]);
      expect((await other.operations(10))[0]).not.toHaveProperty("plan");
      expect(await other.followers("before")).toMatchObject([{ id: "op" }]);
      expect(await other.operation("none")).toBeUndefined();
    });

    it("end once, with outcome and detail, and are running until then", async () => {
      await one.begin(operation("op"));
      await one.begin(operation("op")); // sent twice, since the answer got lost
      await one.stepStarted({ operation: "op", host: "orion", step: "lock", startedAt: now() });
      expect((await other.running()).map(({ id }) => id)).toEqual(["op"]);
      const at = now();
      await one.end("op", at, "failed", "why");
      expect(await other.operation("op")).toMatchObject({ endedAt: at, outcome: "failed", detail: "why" });
      expect(await other.steps("op")).toMatchObject([{ step: "lock", outcome: "abandoned", endedAt: at }]);
      expect(await other.running()).toEqual([]);
    });

    it("are listed newest first, page by page, and by host", async () => {
      for (const [at, id] of ["a", "b", "c", "d"].entries()) {
        await one.begin(operation(id, { startedAt: `2026-01-01T00:00:0${Math.floor(at / 2)}.000Z` }));
        await one.stepStarted({ operation: id, host: id < "c" ? "orion" : "shared", step: "lock", startedAt: now() });
      }
      const ids = async (...args: Parameters<Journal["operations"]>) => (await one.operations(...args)).map(({ id }) => id);
      expect(await ids(10)).toEqual(["d", "c", "b", "a"]);
      expect(await ids(2)).toEqual(["d", "c"]);
      expect(await ids(2, "c")).toEqual(["b", "a"]);
      expect(await ids(10, undefined, "orion")).toEqual(["b", "a"]);
      expect(await ids(10, "b", "orion")).toEqual(["a"]);
      expect(await ids(10, undefined, "nowhere")).toEqual([]);
    });
  });

  describe(`what is asked of ${name} at once`, () => {
    it("is the newest rollout, and which releases served", async () => {
      expect(await one.newest(["update-all", "resume"])).toBeUndefined();
      for (const [id, verb, subject, outcome] of [["a", "update-all", "v1", "ok"], ["b", "resume", "v2", "ok"], ["c", "update", "v3", "failed"], ["d", "update", "v2", "ok"]] as const) {
        await one.begin(operation(id, { verb, subject, startedAt: `2026-01-01T00:00:0${id.charCodeAt(0) - 96}.000Z` }));
        await one.end(id, now(), outcome, null);
      }
      expect(await other.newest(["update-all", "resume"])).toMatchObject({ id: "b" });
      expect((await other.served()).sort()).toEqual(["v1", "v2"]);
    });
  });

  describe(`what is known of a subject in ${name}`, () => {
    it("is its operations of a verb with their plans, newest first, and of each subject the newest", async () => {
      for (const [id, verb, subject, outcome] of [["a", "erase", "acme", "failed"], ["b", "erase", "beta", "ok"], ["c", "move", "acme", "ok"], ["d", "erase", "acme", "ok"], ["e", "erase", "acme", null]] as const) {
        await one.begin(operation(id, { verb, subject, plan: `"${id}"`, startedAt: `2026-01-01T00:00:0${id.charCodeAt(0) - 96}.000Z` }));
        if (outcome) await one.end(id, now(), outcome, null);
      }
      expect((await other.about("erase", "acme", 10)).map(({ id, plan, outcome }) => [id, plan, outcome])).toEqual([["e", '"e"', null], ["d", '"d"', "ok"], ["a", '"a"', "failed"]]);
      expect((await other.about("erase", "acme", 1)).map(({ id }) => id)).toEqual(["e"]);
      expect(await other.about("erase", "nobody", 10)).toEqual([]);
      expect((await other.newestOfEach("erase")).map(({ id, subject }) => [id, subject])).toEqual([["e", "acme"], ["b", "beta"]]);
      expect(await other.newestOfEach("customer credentials")).toEqual([]);
      // Who came while another was at it did nothing: what that one came to stands.
      await one.begin(operation("f", { verb: "erase", subject: "beta", startedAt: "2026-01-01T00:00:06.000Z" }));
      await one.end("f", now(), "refused", null);
      expect((await other.newestOfEach("erase")).map(({ id }) => id)).toEqual(["e", "b"]);
    });
  });

  describe(`steps in ${name}`, () => {
    it("are there from their beginning, in order, whoever writes between", async () => {
      await one.begin(operation("op"));
      await other.begin(operation("else"));
      const first = await one.stepStarted({ operation: "op", host: "orion", step: "lock", startedAt: "2026-01-01T00:00:01.000Z" });
      await other.stepStarted({ operation: "else", host: "orion", step: "lock", startedAt: now() });
      await one.stepEnded(first, "2026-01-01T00:00:02.500Z", "ok", "detail");
      const second = await one.stepStarted({ operation: "op", host: "orion", step: "pull", startedAt: "2026-01-01T00:00:03.000Z" });
      expect(second).toBeGreaterThan(first);
      expect(await other.steps("op")).toEqual([
        { id: first, operation: "op", host: "orion", step: "lock", startedAt: "2026-01-01T00:00:01.000Z", endedAt: "2026-01-01T00:00:02.500Z", outcome: "ok", detail: "detail" },
        { id: second, operation: "op", host: "orion", step: "pull", startedAt: "2026-01-01T00:00:03.000Z", endedAt: null, outcome: null, detail: null },
      ]);
    });

    it("are noted before the host hears of them, in the order in which it gets to them", async () => {
      await one.begin(operation("op"));
      const ids = await one.stepsExpected("op", "orion", ["pull", "migrate", "start"], "2026-01-01T00:00:01.000Z");
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
      await one.stepBegan(ids[1]!, "2026-01-01T00:00:05.000Z");
      await other.stepEnded(ids[2]!, "2026-01-01T00:00:06.000Z", "skipped", null);
      expect((await other.steps("op")).map(({ id, step, startedAt, outcome }) => [id, step, startedAt, outcome])).toEqual([
        [ids[0], "pull", "2026-01-01T00:00:01.000Z", null], [ids[1], "migrate", "2026-01-01T00:00:05.000Z", null], [ids[2], "start", "2026-01-01T00:00:01.000Z", "skipped"]]);
    });

    it("tell how long they took, for predictions: those that went well, not of ways back, newest first", async () => {
      await one.begin(operation("op"));
      await one.begin(operation("back", { verb: "rollback" }));
      for (const [owner, step, seconds, outcome] of [["op", "pull", 2, "ok"], ["op", "start", 1.5, "ok"], ["op", "gate-inside", 9, "failed"], ["back", "start", 7, "ok"]] as const) {
        const id = await one.stepStarted({ operation: owner, host: "orion", step, startedAt: "2026-01-01T00:00:00.000Z" });
        await one.stepEnded(id, new Date(Date.parse("2026-01-01T00:00:00Z") + seconds * 1000).toISOString(), outcome, null);
      }
      await one.stepStarted({ operation: "op", host: "orion", step: "drain", startedAt: now() });
      expect(await one.stepTimes(10)).toEqual([{ host: "orion", step: "start", seconds: 1.5 }, { host: "orion", step: "pull", seconds: 2 }]);
      expect(await one.stepTimes(1)).toHaveLength(1);
    });
  });

  describe(`the dead in ${name}`, () => {
    it("are closed by the next one, with the step they were in; the living are left alone", async () => {
      await one.begin(operation("dead", { plan: "{}" }));
      await one.begin(operation("living"));
      await one.begin(operation("done"));
      await one.end("done", now(), "ok", null);
      const ended = await one.stepStarted({ operation: "dead", host: "orion", step: "lock", startedAt: now() });
      await one.stepEnded(ended, now(), "ok", null);
      await one.stepStarted({ operation: "dead", host: "orion", step: "pull", startedAt: now() });
      await pass(EXPIRY + 100);
      await one.beat("living", now());
      const closed = await other.closeAbandoned(silentSince(), now());
      expect(closed).toEqual([expect.objectContaining({ id: "dead", plan: "{}", outcome: "abandoned", endedAt: expect.any(String) })]);
      expect((await one.steps("dead")).map(({ step, outcome, endedAt }) => [step, outcome, endedAt !== null])).toEqual([["lock", "ok", true], ["pull", "abandoned", true]]);
      expect((await one.running()).map(({ id }) => id)).toEqual(["living"]);
      expect(await one.operation("done")).toMatchObject({ outcome: "ok" });
      expect(await other.closeAbandoned(silentSince(), now())).toEqual([]);
    });

    it("that only slept are at work again with their next sign of life, unless their lock is gone", async () => {
      await one.begin(operation("slept"));
      await one.begin(operation("robbed"));
      await take(one, "robbed");
      await pass(EXPIRY + 100);
      expect(await other.closeAbandoned(silentSince(), now())).toHaveLength(2);
      expect(await take(other, "next")).toMatchObject({ outcome: "taken-over" });
      expect(await one.beat("slept", now())).toBe(true);
      expect(await one.beat("robbed", now())).toBe(false);
      expect(await one.operation("slept")).toMatchObject({ endedAt: null, outcome: null, detail: null });
      expect(await one.operation("robbed")).toMatchObject({ outcome: "abandoned", lostTo: "next" });
    });
  });

  describe(`locks in ${name}`, () => {
    it("are one operation's, until it gives them back or ends", async () => {
      await one.begin(operation("op"));
      expect(await take(one, "op")).toEqual({ outcome: "taken" });
      expect(await take(one, "op")).toEqual({ outcome: "taken" });
      expect(await take(other, "late")).toMatchObject({ outcome: "held", by: { ...lock("op"), since: expect.any(String) }, silentSeconds: expect.toSatisfy((silent: number) => silent >= 0 && silent < 1) });
      await other.releaseLock("rollout", "late");
      expect(await other.locks()).toMatchObject([{ name: "rollout", operation: "op" }]);
      await one.releaseLock("rollout", "op");
      expect(await take(other, "late")).toEqual({ outcome: "taken" });
      await other.end("late", now(), "ok", null);
      expect(await one.locks()).toEqual([]);
    });

    it("stay with an owner that beats, and go when it falls silent; it is told", async () => {
      await one.begin(operation("op"));
      await take(one, "op");
      for (let beats = 0; beats < 3; beats += 1) {
        await pass(EXPIRY / 2);
        expect(await one.beat("op", now())).toBe(true);
      }
      expect(await take(other, "next")).toMatchObject({ outcome: "held" });
      await pass(EXPIRY + 100);
      expect(await take(other, "next")).toMatchObject({ outcome: "taken-over", from: { operation: "op", by: "ada" }, silentSeconds: expect.toSatisfy((silent: number) => silent >= EXPIRY / 1000) });
      expect(await one.beat("op", now())).toBe(false);
      expect(await other.locks()).toMatchObject([{ operation: "next" }]);
    });

    it("go to exactly one of many", async () => {
      const ask = (round: string) => Promise.all(Array.from({ length: 12 }, (_, at) => take(at % 2 ? one : other, `${round}-${at}`)));
      expect((await ask("free")).filter(({ outcome }) => outcome === "taken")).toHaveLength(1);
      await pass(EXPIRY + 100);
      const second = await ask("dead");
      expect(second.filter(({ outcome }) => outcome === "taken-over")).toHaveLength(1);
      expect(second.filter(({ outcome }) => outcome === "held")).toHaveLength(11);
    });
  });

  describe(`two processes in ${name}`, () => {
    it("each get what the other did not, and lose no step", async () => {
      await one.begin(operation("dead"));
      for (let at = 0; at < 10; at += 1) await one.takeLock(lock("dead", `stale-${at}`), now(), silentSince());
      await wait(RACERS_EXPIRY + 100);
      const begin = Date.now() + 1500;
      const runs = await Promise.all(["ada", "bob"].map(async (racer) => {
        const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, "racer.ts"), store.state, racer, String(begin), String(RACERS_EXPIRY)]);
        return JSON.parse(stdout) as { got: string[] };
      }));
      const won = runs.flatMap(({ got }) => got).sort();
      expect(won).toEqual([...Array.from({ length: 10 }, (_, at) => `free-${at}`), ...Array.from({ length: 10 }, (_, at) => `stale-${at}`)]);
      for (const racer of ["ada", "bob"]) {
        const steps = await one.steps(racer);
        expect(steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(Array.from({ length: 50 }, (_, at) => `step-${at} ok`));
      }
      expect(await one.operations(10)).toHaveLength(3);
    }, 60_000);
  });

  describe(`releases in ${name}`, () => {
    it("are noted, replaced, and listed newest first", async () => {
      await one.saveRelease(release("v1"));
      await other.saveRelease(release("v2", { commit: "abc" }));
      await one.saveRelease(release("v1", { dirty: false }));
      expect(await other.releases()).toEqual([release("v2", { commit: "abc" }), release("v1", { dirty: false })]);
      expect(await one.release("v2")).toEqual(release("v2", { commit: "abc" }));
      expect(await other.release("v9")).toBeUndefined();
    });
  });
}
