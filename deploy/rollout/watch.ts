/**
 * Is a release worse than what ran before? Pure: two readings of a host's traffic make rates, and rates are judged
 * against the host's own past. A fault has to be certain, since it takes a release back: a share counts as too high when
 * even its lower confidence bound is (three standard deviations), so that one failed request in fifty is no fault, and
 * five in a hundred are.
 */
import type { Rollout } from "../../model/schema.ts";
import { SERVICE } from "../host/proxy.ts";
import { NO_TRAFFIC, type Traffic } from "../host/traffic.ts";
import { count } from "../report/units.ts";
import { type Histogram, minus, quantile, surelySlower, total } from "./histogram.ts";

/** What happened between two readings. */
export interface Rates {
  seconds: number;
  requests: number;
  /** Answers of 500 and above. */
  errors: number;
  /** Null without requests. */
  errorPercent: number | null;
  /** 95th percentile of the response time of the others, within the proxy's buckets; null without any. */
  p95Seconds: number | null;
  times: Histogram;
  /** Restarts of the app containers that were read. */
  restarts: number;
  /** Those of them that no longer run: `app-v2-3f9a1c is exited`. */
  down: readonly string[];
}

/** `before` null: since the proxy was started. A proxy that was started again in between began to count at zero. */
export function between(before: Traffic | null, after: Traffic, service: string = SERVICE): Rates {
  const since = before?.proxySince === after.proxySince ? before : null;
  const [from, to] = [since?.services.get(service) ?? NO_TRAFFIC, after.services.get(service) ?? NO_TRAFFIC];
  const requests = Math.max(0, to.requests - from.requests);
  const errors = Math.min(requests, Math.max(0, to.errors - from.errors));
  const times = minus(to.times, from.times);
  const earlier = new Map(before?.containers.map(({ name, restarts }) => [name, restarts]));
  return {
    seconds: Math.max(0, after.at - (since?.at ?? before?.at ?? after.proxySince ?? after.at)),
    requests, errors, errorPercent: requests === 0 ? null : 100 * errors / requests,
    p95Seconds: quantile(times, 0.95), times,
    restarts: after.containers.reduce((sum, { name, restarts }) => sum + Math.max(0, restarts - (earlier.get(name) ?? 0)), 0),
    down: [
      ...[...earlier.keys()].filter((name) => !after.containers.some((container) => container.name === name)).map((name) => `${name} is gone`),
      ...after.containers.filter(({ status }) => status !== "running").map(({ name, status }) => `${name} is ${status}`),
    ],
  };
}

/** A shorter past would be the luck of the moment. */
const SHORTEST_PAST_SECONDS = 30;

/**
 * The host's own recent past: between a reading from when the plan was made and one from before the new release got
 * requests, when that was half a minute and enough requests; else everything since the proxy was started, which may be
 * weeks. Null when that is too little as well: then answers are judged by the limits alone and times not at all.
 */
export function recentPast(planned: Traffic | undefined, latest: Traffic | undefined, minimumRequests: number): Rates | null {
  if (!latest) return null;
  const recent = planned ? between(planned, latest) : null;
  if (recent && recent.seconds >= SHORTEST_PAST_SECONDS && recent.requests >= minimumRequests) return recent;
  const whole = between(null, latest);
  return whole.requests >= minimumRequests ? whole : null;
}

/** A program that has just begun is slow for a moment, and so is a small host that has just pulled and started it. */
const WARM_UP_SECONDS = 10;

/** Nobody notices less, whatever it is a multiple of: 2 ms → 5 ms is no fault. */
const SLOWER_BY_SECONDS = 0.05;

/** A sentence that says what is wrong; null when nothing is. With fewer than `minimumRequests` only containers are judged. */
export function judgeWatch(past: Rates | null, now: Rates, limits: Rollout["watch"]): string | null {
  if (now.down.length > 0) return now.down.join(", ");
  if (now.restarts > limits.restarts) return `the app's container died and was started again ${count(now.restarts, "time")}`;
  if (now.requests < limits.minimumRequests) return null;
  return tooManyErrors(past, now, limits) ?? tooSlow(past, now, limits);
}

function tooManyErrors(past: Rates | null, { requests, errors }: Rates, limits: Rollout["watch"]): string | null {
  const before = past?.errorPercent ?? 0;
  if (100 * surelyAbove(errors, requests) <= before + limits.errorPercent) return null;
  return `${percent(100 * errors / requests)} of ${count(requests, "answer")} were errors (500 and above); before: ${past ? percent(before) : "not known"}`;
}

/**
 * The proxy's buckets are coarse (0.1, 0.25, 0.5, 1 s …), so the question is not how far the 95th percentile moved, but
 * whether surely more than 5 % took longer than it may be now; a bucket counts only when all of it lies beyond.
 */
function tooSlow(past: Rates | null, { times, p95Seconds, seconds }: Rates, limits: Rollout["watch"]): string | null {
  if (!past || past.p95Seconds === null || p95Seconds === null || seconds < WARM_UP_SECONDS) return null;
  const bearable = Math.max(past.p95Seconds * limits.slowdown, past.p95Seconds + SLOWER_BY_SECONDS);
  const usual = Math.max(0.05, share(surelySlower(past.times, bearable), total(past.times)));
  if (surelyAbove(surelySlower(times, bearable), total(times)) <= usual) return null;
  return `answers are slow: 95th percentile about ${time(p95Seconds)}; before: ${time(past.p95Seconds)}`;
}

/** Lower bound of a share that was seen as `hits` of `all`: Wilson's score interval at three standard deviations. */
export function surelyAbove(hits: number, all: number, deviations = 3): number {
  if (all <= 0) return 0;
  const seen = hits / all;
  const square = deviations ** 2;
  const width = deviations * Math.sqrt(seen * (1 - seen) / all + square / (4 * all ** 2));
  return Math.max(0, (seen + square / (2 * all) - width) / (1 + square / all));
}

const share = (part: number, all: number): number => all > 0 ? part / all : 0;
const percent = (value: number): string => `${value >= 10 ? Math.round(value) : Number(value.toFixed(1))} %`;
export const time = (seconds: number): string => seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;

/** What was seen, in few words: `412 requests, 0 % errors, 95th percentile 23 ms`. */
export function describeRates({ requests, errorPercent, p95Seconds }: Rates): string {
  if (errorPercent === null) return "no requests";
  return `${count(requests, "request")}, ${percent(errorPercent)} errors${p95Seconds === null ? "" : `, 95th percentile ${time(p95Seconds)}`}`;
}
