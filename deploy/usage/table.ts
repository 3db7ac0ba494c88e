/** Use against limit for people. Pure. */
import { table } from "../report/table.ts";
import { count } from "../report/units.ts";
import { type CustomerUsage, MEASURES, type Measure, type MeasureName, NEAR, pressing, SOON } from "./compare.ts";

const TITLES: Record<MeasureName, string> = { users: "USERS", storageMegabytes: "STORAGE MB", apiCallsPerHour: "API CALLS/H", monthlyMegabytes: "MONTH MB" };

export function usageTable(list: readonly CustomerUsage[]): string {
  if (list.length === 0) return "Nothing is known of any customer.";
  const text = table(["CUSTOMER", "HOST", ...MEASURES.map((name) => TITLES[name]), "STORAGE TREND"], list.map(({ customer, host, measures }) => [
    customer, host, ...MEASURES.map((name) => cell(measures[name])), trendWords(measures.storageMegabytes),
  ]), MEASURES.map((name) => TITLES[name]));
  const busy = list.filter((one) => pressing(one).length > 0);
  return [text, `${count(list.length, "customer")}${busy.length > 0 ? `, ${busy.length} near a limit or there within ${SOON} months (!)` : ""}`].join("\n");
}

/** Of one customer: a row a month, and what it leads to. */
export function customerUsageText({ customer, host, tier, measures }: CustomerUsage, months: readonly string[]): string {
  const rows = months.map((month, at) => [month, ...MEASURES.map((name) => amount(measures[name].months[at] ?? null))]);
  const line = (title: string, of: (measure: Measure) => string): string[] => [title, ...MEASURES.map((name) => of(measures[name]))];
  return [
    `${customer} on ${host}, tier ${tier}`,
    table(["MONTH", ...MEASURES.map((name) => TITLES[name])], [
      ...rows, line("limit", ({ limit }) => limit === null ? "none" : amount(limit)), line("of it", ({ share }) => share === null ? "" : `${Math.round(share * 100)}%`),
      line("a month", ({ perMonth }) => perMonth === null ? "" : `${perMonth > 0 ? "+" : ""}${amount(perMonth)}`), line("full in", leftWords),
    ], MEASURES.map((name) => TITLES[name])),
  ].join("\n");
}

const cell = ({ used, limit, share, monthsLeft }: Measure): string => {
  const near = (share !== null && share >= NEAR) || (monthsLeft !== null && monthsLeft <= SOON);
  return `${near ? "!" : ""}${amount(used)}${limit === null ? "" : ` of ${amount(limit)}`}`;
};

function trendWords(measure: Measure): string {
  const { perMonth } = measure;
  if (perMonth === null) return "";
  const left = leftWords(measure);
  return `${perMonth > 0 ? "+" : ""}${amount(perMonth)} a month${left && left !== "never" ? `, full ${left === "now" ? "now" : `in ${left}`}` : ""}`;
}

function leftWords({ limit, used, perMonth, monthsLeft }: Measure): string {
  if (limit === null || used === null) return "";
  if (monthsLeft === 0) return "now";
  if (monthsLeft === null) return perMonth === null ? "" : "never";
  return monthsLeft > 24 ? "years" : monthsLeft < 1 ? "less than a month" : count(Math.round(monthsLeft), "month");
}

const amount = (value: number | null): string => value === null ? "?" : Math.abs(value) >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
