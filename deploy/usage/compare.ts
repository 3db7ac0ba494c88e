/** Use against limit, and where it leads to: by the months that the app remembers. Pure. */
import type { HostCustomer } from "../../model/fleet.ts";
import type { Limits } from "../../model/schema.ts";
import { daysOf, type TenantUsage } from "./usage.ts";

export const MEASURES = ["users", "storageMegabytes", "apiCallsPerHour", "monthlyMegabytes"] as const satisfies readonly (keyof Limits)[];
export type MeasureName = (typeof MEASURES)[number];

export interface Measure {
  /** In the limit's unit; null: the app does not know it. API calls: the most in one hour. Volume: so far in the month. */
  used: number | null;
  /** As customers.yaml has it; null: none. */
  limit: number | null;
  /** Of the limit; null: there is none, or nothing is known. */
  share: number | null;
  /** What the running month comes to at this pace, where a month counts; else as `used`. */
  expected: number | null;
  /** What it changed by a month, on average over those that are known; null: fewer than two are. */
  perMonth: number | null;
  /** After how many months it meets the limit, at that pace; null: never, or nobody knows. 0: it has. */
  monthsLeft: number | null;
  /** Oldest first, with the running one. */
  months: (number | null)[];
}

export interface CustomerUsage { customer: string; host: string; tier: string; measures: Record<MeasureName, Measure> }

/** In the limit's unit. */
function valueOf(name: MeasureName, usage: TenantUsage | undefined): number | null {
  if (!usage) return null;
  switch (name) {
    case "users": return usage.users;
    case "storageMegabytes": return usage.storageBytes === null ? null : usage.storageBytes / 1e6;
    case "apiCallsPerHour": return usage.mostApiCalls;
    case "monthlyMegabytes": return usage.bytesIn === null && usage.bytesOut === null ? null : ((usage.bytesIn ?? 0) + (usage.bytesOut ?? 0)) / 1e6;
  }
}

/** `months`: oldest first, the last one is running; `found`: by month, then by slug. */
export function compareUsage({ slug, tier, limits }: Pick<HostCustomer, "slug" | "tier" | "limits">, host: string, months: readonly string[], found: ReadonlyMap<string, ReadonlyMap<string, TenantUsage>>, now: Date): CustomerUsage {
  const measure = (name: MeasureName): Measure => {
    const values = months.map((month) => valueOf(name, found.get(month)?.get(slug)));
    const [used, limit] = [values.at(-1) ?? null, limits[name] ?? null];
    const running = months.at(-1)!;
    const expected = name === "monthlyMegabytes" && used !== null ? used / daysOf(running, now) * daysIn(running) : used;
    const perMonth = paceOf([...values.slice(0, -1), expected]);
    return { used, limit, share: used === null || limit === null ? null : used / limit, expected, perMonth, monthsLeft: monthsLeft(expected, limit, perMonth), months: values };
  };
  return { customer: slug, host, tier, measures: Object.fromEntries(MEASURES.map((name) => [name, measure(name)])) as CustomerUsage["measures"] };
}

const daysIn = (month: string): number => {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
};

/** From the first known month to the last. */
export function paceOf(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value, at) => value === null ? [] : [{ value, at }]);
  const [first, last] = [known[0], known.at(-1)];
  return first && last && last.at > first.at ? (last.value - first.value) / (last.at - first.at) : null;
}

function monthsLeft(used: number | null, limit: number | null, perMonth: number | null): number | null {
  if (used === null || limit === null) return null;
  if (used >= limit) return 0;
  return perMonth === null || perMonth <= 0 ? null : (limit - used) / perMonth;
}

/** From here on it is worth a look. */
export const NEAR = 0.9;
/** A limit that is met so soon, in months. */
export const SOON = 3;

/** Those worth a look: near or beyond a limit, or there before long. */
export const pressing = ({ measures }: Pick<CustomerUsage, "measures">): MeasureName[] =>
  MEASURES.filter((name) => { const { share, monthsLeft: left } = measures[name]; return (share !== null && share >= NEAR) || (left !== null && left <= SOON); });
