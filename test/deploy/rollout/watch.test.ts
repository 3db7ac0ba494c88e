/** Whether a release is worse than what ran before: judged from two readings, never by chance, never late. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Traffic } from "../../../deploy/host/traffic.ts";
import { quantile } from "../../../deploy/rollout/histogram.ts";
import { between, describeRates, judgeWatch, recentPast, surelyAbove } from "../../../deploy/rollout/watch.ts";
import { rollout } from "../../../model/schema.ts";

const limits = rollout.parse({}).watch;
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Number.POSITIVE_INFINITY];

interface Seen { at?: number; since?: number; errors?: number; /** Seconds that answers took, without the errors. */ times?: number[]; restarts?: number; status?: string; service?: string }

function reading({ at = 1000, since = 100, errors = 0, times = [], restarts = 0, status = "running", service = "app" }: Seen = {}): Traffic {
  const counted = { requests: times.length + errors, errors, times: BOUNDS.map((bound) => [bound, times.filter((time) => time <= bound).length] as const), inFlight: 0 };
  return { at, proxySince: since, services: new Map([[service, counted]]), containers: [{ name: "app-v2", status, restarts }] };
}

const alike = (amount: number, seconds: number): number[] => Array.from({ length: amount }, () => seconds);
const since = (seen: Seen) => between(null, reading(seen));
/** The host's past: a thousand answers, most of them quick, one in fifty slow. */
const past = since({ errors: 2, times: [...alike(980, 0.02), ...alike(20, 0.8)] });

describe("between two readings", () => {
  it("lies what was counted in between", () => {
    const before = reading({ at: 1000, errors: 3, times: alike(100, 0.02), restarts: 1 });
    const after = reading({ at: 1060, errors: 5, times: [...alike(140, 0.02), ...alike(8, 0.2)], restarts: 2 });
    expect(between(before, after)).toMatchObject({ seconds: 60, requests: 50, errors: 2, errorPercent: 4, restarts: 1, down: [] });
  });
  it("a proxy that was started again counted from zero", () => {
    const before = reading({ at: 1000, since: 100, errors: 90, times: alike(900, 0.02) });
    const after = reading({ at: 1060, since: 1030, errors: 1, times: alike(59, 0.02) });
    expect(between(before, after)).toMatchObject({ seconds: 60, requests: 60, errors: 1 });
  });
  it("without figures there are no requests, but the containers are still known", () => {
    const bare = (restarts: number): Traffic => ({ ...reading({ restarts }), proxySince: null, services: new Map() });
    expect(between(bare(0), bare(2))).toMatchObject({ requests: 0, errorPercent: null, p95Seconds: null, restarts: 2 });
  });
  it("a container that is gone or not running is down", () => {
    expect(between(reading(), { ...reading(), containers: [] }).down).toEqual(["app-v2 is gone"]);
    expect(between(reading(), reading({ status: "exited" })).down).toEqual(["app-v2 is exited"]);
  });
  it("one started anew by hand counts no restart less", () => {
    expect(between(reading({ restarts: 3 }), reading({ restarts: 0 })).restarts).toBe(0);
  });
  it("each of the proxy's services is asked for by name", () => {
    expect(between(null, reading({ service: "canary", errors: 4 }), "canary").errors).toBe(4);
    expect(between(null, reading({ service: "canary", errors: 4 })).errors).toBe(0);
  });

  it("whatever is counted, nothing is negative, and two stretches add up", () => {
    const seen = fc.record({ errors: fc.nat(50), times: fc.array(fc.double({ min: 0.001, max: 20, noNaN: true }), { maxLength: 60 }) });
    fc.assert(fc.property(seen, seen, seen, (one, two, three) => {
      const first = reading({ at: 1, ...one });
      const second = reading({ at: 2, errors: one.errors + two.errors, times: [...one.times, ...two.times] });
      const third = reading({ at: 3, errors: one.errors + two.errors + three.errors, times: [...one.times, ...two.times, ...three.times] });
      const [early, late, whole] = [between(first, second), between(second, third), between(first, third)];
      expect([early.requests + late.requests, early.errors + late.errors]).toEqual([whole.requests, whole.errors]);
      expect(whole.times.map(([, count], at) => count - early.times[at]![1] - late.times[at]![1])).toEqual(BOUNDS.map(() => 0));
      // Readings in the wrong order, as after a clock that jumped.
      const odd = between(third, first);
      expect(Math.min(odd.seconds, odd.requests, odd.errors, ...odd.times.map(([, count]) => count))).toBe(0);
    }));
  });
});

describe("the host's own past", () => {
  const planned = reading({ at: 1000, times: alike(100, 0.02), errors: 50 });
  it.each([
    ["since the plan, when that is enough", planned, reading({ at: 1040, times: alike(150, 0.02), errors: 50 }), 0],
    ["since the proxy began, when the plan is a moment ago", planned, reading({ at: 1020, times: alike(150, 0.02), errors: 50 }), 25],
    ["since the proxy began, when few came since the plan", planned, reading({ at: 1040, times: alike(110, 0.02), errors: 50 }), 31.25],
    ["since the proxy began, without a reading of the plan", undefined, reading({ at: 1040, times: alike(150, 0.02), errors: 50 }), 25],
  ])("is %s", (_name, earlier, latest, errorPercent) => {
    expect(recentPast(earlier, latest, 50)!.errorPercent).toBe(errorPercent);
  });
  it("is unknown when nothing was read or too little was ever asked", () => {
    expect(recentPast(planned, undefined, 50)).toBeNull();
    expect(recentPast(undefined, reading({ times: alike(49, 0.02) }), 50)).toBeNull();
  });
});

describe("a release", () => {
  it.each<[string, Seen, string | null]>([
    ["as before", { times: [...alike(98, 0.02), ...alike(2, 0.8)] }, null],
    ["with one error in fifty", { errors: 1, times: alike(49, 0.02) }, null],
    ["with five errors in a hundred", { errors: 5, times: alike(95, 0.02) }, "5 % of 100 answers were errors (500 and above); before: 0.2 %"],
    ["with a little more than a percent, seen often", { errors: 160, times: alike(9840, 0.02) }, "1.6 % of 10000 answers were errors (500 and above); before: 0.2 %"],
    ["with errors only", { errors: 50 }, "100 % of 50 answers were errors (500 and above); before: 0.2 %"],
    ["with errors, but too few requests to say so", { errors: 49 }, null],
    ["that takes 5 ms instead of 2", { times: alike(1000, 0.005) }, null],
    ["that takes 60 ms instead of 20", { times: alike(1000, 0.06) }, null],
    ["that takes 150 ms instead of 20", { times: alike(1000, 0.15) }, "answers are slow: 95th percentile about 243 ms; before: 25 ms"],
    ["that hangs until the proxy gives up", { times: [...alike(900, 0.02), ...alike(100, 30)] }, "answers are slow: 95th percentile about 10.0 s; before: 25 ms"],
    ["with a slow answer or two more than usual", { times: [...alike(46, 0.02), ...alike(4, 0.8)] }, null],
    ["whose container was started again", { restarts: 2 }, "the app's container died and was started again 2 times"],
    ["whose container is down", { status: "exited", restarts: 2 }, "app-v2 is exited"],
  ])("%s is judged: %s", (_name, seen, verdict) => {
    expect(judgeWatch(past, since(seen), limits)).toBe(verdict);
  });

  it("is not called slow in its first ten seconds", () => {
    const slow = since({ times: alike(1000, 0.15) });
    expect(judgeWatch(past, { ...slow, seconds: 9 }, limits)).toBeNull();
    expect(judgeWatch(past, { ...slow, seconds: 10 }, limits)).toMatch(/^answers are slow/);
  });
  it("of a host without a past is judged by the limits alone", () => {
    expect(judgeWatch(null, since({ errors: 20, times: alike(80, 5) }), limits)).toBe("20 % of 100 answers were errors (500 and above); before: not known");
    expect(judgeWatch(null, since({ times: alike(100, 5) }), limits)).toBeNull();
  });
  it("of a host that always failed a little may go on doing so", () => {
    const sickly = since({ errors: 100, times: alike(900, 0.02) });
    expect(judgeWatch(sickly, since({ errors: 21, times: alike(179, 0.02) }), limits)).toBeNull();
    expect(judgeWatch(sickly, since({ errors: 60, times: alike(140, 0.02) }), limits)).toMatch(/^30 % of 200/);
  });
  it("is measured by hosting.yaml's limits", () => {
    expect(judgeWatch(past, since({ restarts: 2 }), { ...limits, restarts: 2 })).toBeNull();
    expect(judgeWatch(past, since({ errors: 10, times: alike(90, 0.02) }), { ...limits, errorPercent: 20 })).toBeNull();
    expect(judgeWatch(past, since({ times: alike(1000, 0.15) }), { ...limits, slowdown: 20 })).toBeNull();
    expect(judgeWatch(past, since({ errors: 9, times: alike(1, 0.02) }), { ...limits, minimumRequests: 10 })).toMatch(/^90 %/);
  });

  it("that answers as its past did is never at fault, however the buckets lie", () => {
    fc.assert(fc.property(fc.double({ min: 0.001, max: 9, noNaN: true }), fc.double({ min: 1, max: 1.9, noNaN: true }), fc.integer({ min: 50, max: 2000 }), (usual, more, amount) => {
      // All answers alike is the hardest: the whole mass crosses a bound at once.
      expect(judgeWatch(since({ times: alike(amount, usual) }), since({ times: alike(amount, usual * more) }), limits)).toBeNull();
    }));
  });
  it("that is several times slower and noticeably so is at fault", () => {
    fc.assert(fc.property(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.integer({ min: 50, max: 2000 }), (usual, amount) => {
      expect(judgeWatch(since({ times: alike(amount, usual) }), since({ times: alike(amount, Math.max(usual * 7, 0.3)) }), limits)).toMatch(/^answers are slow/);
    }));
  });
  it("that makes more errors is never judged milder", () => {
    fc.assert(fc.property(fc.integer({ min: 50, max: 1000 }), fc.nat(1000), fc.nat(1000), (amount, one, two) => {
      const judged = [one, two].map((errors) => Math.min(errors, amount)).sort((a, b) => a - b)
        .map((errors) => judgeWatch(past, since({ errors, times: alike(amount - errors, 0.02) }), limits));
      if (judged[0]) expect(judged[1]).not.toBeNull();
    }));
  });
});

describe("the share that is certain", () => {
  it("lies below what was seen, and comes closer the more was seen", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), (one, two) => {
      const [hits, all] = [Math.min(one, two), Math.max(one, two)];
      const few = surelyAbove(hits, all);
      const many = surelyAbove(hits * 100, all * 100);
      expect(few).toBeLessThanOrEqual(hits / all);
      expect(many).toBeGreaterThanOrEqual(few - 1e-12);
    }));
  });
  it("is nothing of nothing", () => {
    expect([surelyAbove(0, 0), surelyAbove(0, 50)]).toEqual([0, 0]);
  });
});

describe("a percentile", () => {
  it("lies in the bucket that holds it", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0.0001, max: 10, noNaN: true }), { minLength: 1, maxLength: 200 }), fc.constantFrom(0.5, 0.9, 0.95, 0.99), (times, part) => {
      const exact = times.toSorted((a, b) => a - b)[Math.ceil(times.length * part) - 1]!;
      const upper = BOUNDS.find((bound) => bound >= exact)!;
      const lower = BOUNDS[BOUNDS.indexOf(upper) - 1] ?? 0;
      const found = quantile(since({ times }).times, part)!;
      expect(found).toBeGreaterThanOrEqual(lower);
      expect(found).toBeLessThanOrEqual(upper);
    }));
  });
  it("of nothing is none; beyond the last bound it is that bound", () => {
    expect(quantile(since({}).times, 0.95)).toBeNull();
    expect(quantile(since({ times: alike(10, 60) }).times, 0.95)).toBe(10);
  });
});

it.each([
  [{}, "no requests"], [{ errors: 1 }, "1 request, 100 % errors"], [{ errors: 1, times: alike(199, 0.02) }, "200 requests, 0.5 % errors, 95th percentile 24 ms"],
])("says what was seen: %j", (seen, words) => {
  expect(describeRates(since(seen))).toBe(words);
});
