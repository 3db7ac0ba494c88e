/** The time after a ring: whom it blames, when it ends, what it tells. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Traffic } from "../../../deploy/host/traffic.ts";
import type { Event } from "../../../deploy/report/event.ts";
import { bake, type BakeOptions } from "../../../deploy/rollout/bake.ts";
import { rollout } from "../../../model/schema.ts";

const limits = rollout.parse({}).watch;

/** What a host's proxy has counted after so many seconds, and how often its container died; "silent": it does not answer. */
type Course = (second: number) => { good?: number; errors?: number; restarts?: number } | "silent";
const well: Course = (second) => ({ good: second * 10 });

async function baked(courses: Record<string, Course>, options: Partial<BakeOptions> & { stopAt?: number } = {}) {
  let second = 0;
  const events: Event[] = [];
  const stop = new AbortController();
  const faults = await bake(Object.keys(courses).map((host) => ({ host, past: null })), {
    ring: 1, seconds: 60, every: 10, limits, signal: stop.signal,
    report: { event: (event) => events.push(event), text: () => {}, data: () => {} },
    now: () => new Date(second * 1000),
    pause: async (length) => {
      second += length;
      if (options.stopAt !== undefined && second >= options.stopAt) stop.abort();
    },
    sample: async (host): Promise<Traffic> => {
      const seen = courses[host]!(second);
      if (seen === "silent") throw new Error(`${host} does not answer`);
      const { good = 0, errors = 0, restarts = 0 } = seen;
      const service = { requests: good + errors, errors, times: [[0.1, good], [Number.POSITIVE_INFINITY, good]] as const, inFlight: 0 };
      return { at: second, proxySince: 0, services: new Map([["app", service]]), containers: [{ name: "app-v2", status: "running", restarts }] };
    },
    ...options,
  });
  const samples = events.filter((event) => event.type === "bake-sample");
  return { faults, events, samples, seconds: second };
}

describe("a bake", () => {
  it("of hosts that are well takes its time, tells what it sees and finds nothing", async () => {
    const { faults, events, samples, seconds } = await baked({ helmex: well, orion: well });
    expect(faults).toEqual([]);
    expect(seconds).toBe(60);
    expect(events[0]).toEqual({ type: "bake-started", ring: 1, seconds: 60, hosts: ["helmex", "orion"] });
    expect(samples.map(({ secondsLeft }) => secondsLeft)).toEqual([60, 50, 40, 30, 20, 10, 0]);
    expect(samples.at(-1)!.hosts).toEqual(["helmex", "orion"].map((host) => ({ host, requests: 600, errorPercent: 0, p95Seconds: 0.095, restarts: 0 })));
    expect(events.at(-1)).toEqual({ type: "bake-ended", ring: 1, faults: [] });
  });

  it("looks a last time when its time is over, also when it is no multiple of the interval", async () => {
    const { samples, seconds } = await baked({ helmex: well }, { seconds: 25 });
    expect([samples.length, seconds]).toEqual([4, 25]);
  });

  it("judges what came since it began, not what was before", async () => {
    expect((await baked({ helmex: (second) => ({ good: second * 10, errors: 500 }) })).faults).toEqual([]);
  });

  it("ends with the first fault", async () => {
    const failing: Course = (second) => ({ good: 300, errors: Math.max(0, second - 20) * 10 });
    const { faults, events, seconds } = await baked({ helmex: well, orion: failing });
    expect(faults).toEqual([{ host: "orion", fault: "100 % of 100 answers were errors (500 and above); before: not known" }]);
    expect(seconds).toBe(30);
    expect(events.at(-1)).toEqual({ type: "bake-ended", ring: 1, faults });
  });

  it("goes on with the others where that is wanted, and blames each host once", async () => {
    const dying = (after: number): Course => (second) => ({ restarts: second >= after ? second : 0 });
    const { faults, seconds } = await baked({ helmex: dying(20), orion: dying(40), pavo: well }, { goOn: (faults) => faults < 3 });
    expect(faults).toEqual([
      { host: "helmex", fault: "the app's container died and was started again 20 times" }, { host: "orion", fault: "the app's container died and was started again 40 times" },
    ]);
    expect(seconds).toBe(60);
  });

  it("ends when nobody is left to watch", async () => {
    expect((await baked({ helmex: (second) => ({ restarts: second }) }, { goOn: () => true })).seconds).toBe(10);
  });

  it("forgives silence of two looks, and not of three", async () => {
    const silentUntil = (from: number, to: number): Course => (second) => second >= from && second < to ? "silent" : { good: second };
    expect((await baked({ helmex: silentUntil(20, 40) })).faults).toEqual([]);
    expect((await baked({ helmex: silentUntil(20, 50) })).faults).toEqual([{ host: "helmex", fault: "helmex does not answer" }]);
    expect((await baked({ helmex: silentUntil(60, 99) })).faults).toEqual([{ host: "helmex", fault: "helmex does not answer" }]);
  });

  it("can be stopped, and then blames nobody who did nothing", async () => {
    const { faults, seconds, events } = await baked({ helmex: well }, { stopAt: 20 });
    expect([faults, seconds, events.at(-1)!.type]).toEqual([[], 20, "bake-ended"]);
  });

  it("of no hosts, or of no time, is none", async () => {
    expect((await baked({})).events).toEqual([]);
    expect((await baked({ helmex: well }, { seconds: 0 })).events).toEqual([]);
  });

  it("never waits longer than it was told, and looks as often as it should", async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 60 }), async (length, every) => {
      const { seconds, samples } = await baked({ helmex: well }, { seconds: length, every });
      expect(seconds).toBe(length);
      expect(samples.length).toBe(Math.ceil(length / every) + 1);
    }));
  });
});
