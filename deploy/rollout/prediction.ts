/** How long a rollout will take and what it will ask of others, from what past runs took. Pure. */
import { parseRepository } from "../registry/reference.ts";
import type { Plan, PlannedHost, PlannedRing } from "./plan.ts";

/** One step that a host went through, in seconds. */
export interface StepTime { host: string; step: string; seconds: number }

/** Expected seconds of a host's steps; null when nothing is known. */
export type Expectations = (host: string, steps: readonly string[]) => number | null;

/**
 * Median per step and host; a host or step that has no past takes the median over all hosts. Steps that nobody ever
 * took count nothing.
 */
export function expectations(times: readonly StepTime[]): Expectations {
  const own = Map.groupBy(times, ({ host, step }) => `${host} ${step}`);
  const all = Map.groupBy(times, ({ step }) => step);
  return (host, steps) => {
    const known = steps.flatMap((step) => {
      const past = own.get(`${host} ${step}`) ?? all.get(step);
      return past ? [median(past.map(({ seconds }) => seconds))] : [];
    });
    return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Ring after ring, each with its hosts at once and its bake; null when not all hosts' times are known. */
export function durationOf(rings: readonly PlannedRing[]): number | null {
  let total = 0;
  for (const { hosts, concurrency, bakeSeconds } of rings) {
    const lanes = Array.from({ length: Math.min(concurrency, hosts.length) }, () => 0);
    for (const { expectedSeconds } of hosts) {
      if (expectedSeconds === null) return null;
      // The next host begins where one has ended first.
      const free = lanes.indexOf(Math.min(...lanes));
      lanes[free]! += expectedSeconds;
    }
    total += Math.max(0, ...lanes) + bakeSeconds;
  }
  return total;
}

/** A rollout changes no machine and no DNS record; hosts pull from the registry what they don't have. */
export function callsOf(repository: string, hosts: readonly PlannedHost[]): Plan["prediction"]["calls"] {
  const { registry } = parseRepository(repository);
  return [
    { service: "Hetzner", calls: 0, limit: "3600 an hour" },
    { service: "Cloudflare", calls: 0, limit: "1200 in 5 minutes" },
    { service: registry, calls: hosts.filter(({ pullBytes }) => pullBytes !== 0).length, limit: registry === "docker.io" ? "100 pulls in 6 hours and address, 200 with a login" : "its own" },
  ];
}
