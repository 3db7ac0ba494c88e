/** Why a customer should have a host of its own, or could do without: `advise` in hosting.yaml against what is used. Pure. */
import type { Customer, Hosting } from "../../model/schema.ts";
import type { Nearness, Use } from "./use.ts";

type Thresholds = Hosting["advise"];

const WHAT = { users: ["users", "users"], ordersPerMonth: ["orders", "orders a month"], requestsPerDay: ["requestsPerDay", "requests a day"] } as const satisfies Record<string, readonly [keyof Use, string]>;
const KEYS = Object.keys(WHAT) as (keyof typeof WHAT)[];

/** Days of use that must be known before anybody is sent down: a week has a weekend. */
const ENOUGH_DAYS = 7;

/** None: it is well where it is. */
export function reasonsUp({ up }: Thresholds, use: Use, labels: Customer["labels"]): string[] {
  return [
    ...KEYS.flatMap((key) => {
      const [field, words] = WHAT[key];
      const used = use[field];
      return used !== null && used > up[key] ? [`${number(used)} ${words}, more than ${number(up[key])}`] : [];
    }),
    ...Object.entries(labels).filter(([label]) => up.labels.includes(label)).map(([label, value]) => `label ${label}: ${value}`),
  ];
}

/** None: it should stay on its own host, or too little is known. */
export function reasonsDown(thresholds: Thresholds, use: Use, labels: Customer["labels"]): string[] {
  const { down, up } = thresholds;
  if (use.users === null || use.days < ENOUGH_DAYS || Object.keys(labels).some((label) => up.labels.includes(label))) return [];
  const reasons: string[] = [];
  for (const key of KEYS) {
    const [field, words] = WHAT[key];
    const [used, bound] = [use[field], down[key]];
    if (bound === undefined || used === null) continue;
    if (used >= bound) return [];
    reasons.push(`${number(used)} ${words}, less than ${number(bound)}`);
  }
  return reasons;
}

/** `users 19 of 20 (95%)` */
export const nearWords = ({ name, used, limit, percent }: Nearness): string => `${name} ${number(used)} of ${number(limit)} (${percent}%)`;

export const number = (value: number): string => (value < 100 ? Math.round(value * 10) / 10 : Math.round(value)).toLocaleString("en");
