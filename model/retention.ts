/** When a customer's data goes: days of the calendar (UTC), as customers.yaml has them. Pure. */
import type { Customer } from "./schema.ts";

const DAY = 86_400_000;

/** `2026-11-22` */
export const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);

export const daysAfter = (instant: Date, days: number): string => dayOf(new Date(instant.getTime() + days * DAY));

/** Whole days from now until the day begins; 0 or less: it has come. */
export const daysUntil = (day: string, now: Date): number => Math.round((Date.parse(day) - Date.parse(dayOf(now))) / DAY);

/** Its day of erasure has come. */
export const isDue = ({ status, eraseOn }: Pick<Customer, "status" | "eraseOn">, now: Date): boolean =>
  status !== "active" && eraseOn !== undefined && daysUntil(eraseOn, now) <= 0;

/** The nearest warning that is to be told by now: how many days before it was meant for; undefined: none. An earlier one that nobody told is told by a later one. */
export function warningDue({ status, eraseOn }: Pick<Customer, "status" | "eraseOn">, warnDays: readonly number[], now: Date): number | undefined {
  if (status === "active" || eraseOn === undefined) return undefined;
  const left = daysUntil(eraseOn, now);
  return left <= 0 ? undefined : warnDays.filter((days) => left <= days).sort((a, b) => a - b)[0];
}
