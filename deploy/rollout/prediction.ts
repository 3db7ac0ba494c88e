/** How long a rollout will take and what it will ask of others, from what past runs took. Pure. */
import { parseRepository } from "../registry/reference.ts";
import type { Plan, PlannedHost, PlannedRing } from "./plan.ts";

/** One step that a host went through, in seconds. */
export interface StepTime { host: string; step: string; seconds: number }

/** Seconds that a host's steps should take together; null when nothing is known of any of them. */
export type Expect = (host: string, steps: readonly string[]) => number | null;

/** Median per step and host; for a host that has not gone through a step yet, the median over all hosts. A step that no host ever took counts nothing. */
export function expectedFrom(times: readonly StepTime[]): Expect {
  const secondsBy = (key: (time: StepTime) => string): Map<string, number> =>
    new Map([...Map.groupBy(times, key)].map(([name, rows]) => [name, median(rows.map(({ seconds }) => seconds))]));
  const own = secondsBy(({ host, step }) => `${host} ${step}`);
  const all = secondsBy(({ step }) => step);
  return (host, steps) => {
    const known = steps.flatMap((step) => own.get(`${host} ${step}`) ?? all.get(step) ?? []);
    return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
  };
}

/** Of at least one value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Seconds from the first ring to the last, each with its hosts at once and, before the next, its bake; null when a host's time is not known. */
export function durationOf(rings: readonly (Pick<PlannedRing, "concurrency" | "bakeSeconds"> & { hosts: readonly Pick<PlannedHost, "expectedSeconds">[] })[]): number | null {
  const spans = rings.map(({ hosts, concurrency }) => span(hosts, concurrency));
  return spans.includes(null) ? null : (spans as number[]).reduce((sum, one) => sum + one, bakesOf(rings));
}

/** Seconds spent watching. The last ring is followed by none that could wait for it. */
export const bakesOf = (rings: readonly Pick<PlannedRing, "bakeSeconds">[]): number => rings.slice(0, -1).reduce((sum, { bakeSeconds }) => sum + bakeSeconds, 0);

function span(hosts: readonly Pick<PlannedHost, "expectedSeconds">[], concurrency: number): number | null {
  const lanes = Array.from({ length: Math.min(concurrency, hosts.length) }, () => 0);
  for (const { expectedSeconds } of hosts) {
    if (expectedSeconds === null) return null;
    // The next host begins where one has ended first.
    lanes[lanes.indexOf(Math.min(...lanes))]! += expectedSeconds;
  }
  return Math.max(0, ...lanes);
}

/**
 * Docker Hub's limit on pulls (docs.docker.com/docker-hub/usage, 2026): without a login they are counted by address, so
 * each host has its own. Asking for a manifest counts as a pull.
 */
const HUB_LIMIT = "limit 100 in 6 hours from an address, 200 with a free account";

/**
 * A rollout changes no machine and no DNS record. `asked`: questions about manifests that planning has put to the
 * registry; then each host pulls once, unless it has the image.
 */
export function callsOf(repository: string, hosts: readonly Pick<PlannedHost, "pullBytes">[], asked: number): Plan["prediction"]["calls"] {
  const { registry } = parseRepository(repository);
  return [
    { service: "Hetzner", calls: 0, limit: "limit 3600 an hour" },
    { service: "Cloudflare", calls: 0, limit: "limit 1200 in 5 minutes" },
    { service: registry, calls: asked + hosts.filter(({ pullBytes }) => pullBytes !== 0).length, limit: registry === "docker.io" ? HUB_LIMIT : "no limit known" },
  ];
}
