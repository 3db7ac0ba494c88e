/** What a customer uses, as it is held against thresholds: the larger of two months, so that neither a quiet day nor a fresh month decides. Pure. */
import type { Limits } from "../../model/schema.ts";
import type { TenantUsage } from "../usage/usage.ts";

/** A month's usage and how many days of it there are. */
export interface Month { days: number; usage: TenantUsage | undefined }

/** Null: nobody knows. */
export interface Use {
  users: number | null;
  /** Orders in a month. */
  orders: number | null;
  requestsPerDay: number | null;
  storageMegabytes: number | null;
  /** The most within one hour. */
  apiCallsPerHour: number | null;
  /** In and out, in a month. */
  monthlyMegabytes: number | null;
  /** How many days it is known for. */
  days: number;
}

export function useOf(months: readonly Month[]): Use {
  // An app prints a row also for a month in which it had not looked at anybody.
  const known = months.filter(({ usage }) => usage !== undefined && usage.users !== null).map(({ days, usage }) => ({ days, usage: usage! }));
  const most = (read: (usage: TenantUsage, days: number) => number | null): number | null => {
    const values = known.map(({ usage, days }) => read(usage, days)).filter((value) => value !== null);
    return values.length === 0 ? null : Math.max(...values);
  };
  return {
    users: most(({ users }) => users), orders: most(({ orders }) => orders), requestsPerDay: most(({ requests }, days) => requests === null ? null : Math.round(requests / days)),
    storageMegabytes: most(({ storageBytes }) => storageBytes === null ? null : storageBytes / 1e6), apiCallsPerHour: most(({ mostApiCalls }) => mostApiCalls),
    monthlyMegabytes: most(({ bytesIn, bytesOut }) => bytesIn === null && bytesOut === null ? null : ((bytesIn ?? 0) + (bytesOut ?? 0)) / 1e6),
    days: known.reduce((sum, { days }) => sum + days, 0),
  };
}

/** What of the use a limit is about; requests a minute are counted nowhere for longer than a minute. */
const LIMITED = { users: "users", storageMegabytes: "storageMegabytes", apiCallsPerHour: "apiCallsPerHour", monthlyMegabytes: "monthlyMegabytes" } as const satisfies Partial<Record<keyof Limits, keyof Use>>;

export interface Nearness { name: keyof typeof LIMITED; used: number; limit: number; percent: number }

/** Each limit with how near the use is, the nearest first. */
export function nearness(use: Use, limits: Limits): Nearness[] {
  return (Object.keys(LIMITED) as (keyof typeof LIMITED)[]).flatMap((name) => {
    const [used, limit] = [use[LIMITED[name]], limits[name]];
    return used === null || limit === undefined ? [] : [{ name, used, limit, percent: Math.floor(used / limit * 100) }];
  }).sort((a, b) => b.percent - a.percent);
}

/** Whether all that is known of the use lies within limits. */
export const fitsInto = (use: Use, limits: Limits): boolean => nearness(use, limits).every(({ used, limit }) => used <= limit);
