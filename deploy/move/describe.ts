/** A move's plan in words. */
import { bytes, count, duration } from "../report/units.ts";
import type { MovePlan } from "./plan.ts";
import { FLIPPING } from "./steps.ts";

/** Tables that a plan lists, the largest first; `--json` has all. */
const TABLES = 8;

export function describeMove(plan: MovePlan): string {
  const rows: [title: string, text: string][] = [
    ...(plan.edit ? [["writes", `customers.yaml: ${plan.customer} gets tier ${plan.edit.tier}, phase staged; live once it is there`] satisfies [string, string]] : []),
    ...(plan.makes.length > 0 ? [["makes", `host ${plan.to}: ${plan.makes.join(", ")}`] satisfies [string, string]] : []),
    ["how", `${plan.strategy.name}: ${plan.strategy.reason}`],
    ["tables", tablesWords(plan)],
    ["files", plan.files.count === 0 ? "none" : `${count(plan.files.count, "file")}, ${bytes(plan.files.bytes)}`],
    ["takes", takesWords(plan)],
    ["pause", pauseWords(plan)],
    ["costs", costWords(plan)],
    ["asks", plan.calls.map(({ service, calls, limit }) => `${service} about ${calls}× (limit ${limit})`).join(", ")],
    ["steps", stepsWords(plan)],
    ...plan.irreversible.map(({ when, what }, at): [string, string] => [at === 0 ? "final" : "", `${when}: ${what}`]),
    ...plan.remarks.map((remark): [string, string] => ["note", remark]),
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  return [
    `Plan: ${plan.customer} from ${plan.from} to ${plan.to}, on ${plan.release}; ${count(plan.tables.length, "table")}, ${count(plan.rows, "row")}, ${bytes(plan.bytes)}`,
    ...rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`),
    ...plan.faults.flatMap(({ message, mend }) => [`  ✗ ${message}`, ...(mend ? mend.split("\n").map((line) => `      ${line}`) : [])]),
  ].join("\n");
}

function tablesWords({ tables }: MovePlan): string {
  if (tables.length === 0) return "none";
  const largest = tables.toSorted((a, b) => b.rows - a.rows).slice(0, TABLES).map((table) => `${table.name} ${table.rows.toLocaleString("en")}`);
  return `${largest.join(", ")}${tables.length > TABLES ? ` rows, and ${tables.length - TABLES} more` : " rows"}`;
}

function takesWords({ prediction: { seconds, moves }, makes }: MovePlan): string {
  if (seconds === null) return "not known before a first move";
  return `about ${duration(seconds)}, by ${count(moves, "past move")}${makes.length > 0 ? "; the new server's first start is in it as far as it was in theirs" : ""}`;
}

function pauseWords({ prediction: { hold }, holdLimitMilliseconds, customer }: MovePlan): string {
  const limit = `after ${holdLimitMilliseconds} ms everything is let go where it was`;
  return hold === null ? `${customer}'s requests wait for some milliseconds; ${limit}` : `${customer}'s requests wait for about ${milliseconds(hold.usual)}, so far at most ${milliseconds(hold.longest)}; ${limit}`;
}

function costWords({ from, cost: { monthly, asOf, customerPays, paidBefore } }: MovePlan): string {
  if (monthly === 0) return `nothing new; the host ${from} costs until it is retired`;
  const server = monthly === null ? "the new host's price is not known here" : `€${monthly.toFixed(2)} a month for the host (prices of ${asOf})`;
  return customerPays === null ? server : `${server}; ${paidBefore === null || paidBefore === customerPays ? `the customer pays €${customerPays}` : `the customer pays €${customerPays} instead of €${paidBefore}`}`;
}

/** The hold stands out: that is what a customer could notice. */
function stepsWords({ steps, customer, to }: MovePlan): string {
  const names = steps.map(({ step }) => step);
  const held = names.filter((name) => (FLIPPING as readonly string[]).includes(name));
  const before = names.slice(0, names.indexOf(held[0]!));
  return `${before.join(", ")} | ${held.join(", ")} | ${names.slice(before.length + held.length).join(", ")}; then ${to === customer ? "finish" : "abort"}, by hand`;
}

/** `9 ms`, `1.2 s` */
export const milliseconds = (value: number): string => value < 1000 ? `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
