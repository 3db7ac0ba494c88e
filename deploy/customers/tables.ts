/** Customers for people. */
import Table from "cli-table3";
import { count } from "../report/units.ts";
import type { CustomerView } from "./view.ts";

const HEAD = ["SLUG", "NAME", "TIER", "STATUS", "HOST", "HOSTNAMES", "LIMITS"];
const CHARS = Object.fromEntries(
  ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right", "left", "left-mid", "mid", "mid-mid", "right", "right-mid"].map((part) => [part, ""]),
);

/** Limits of a customer's own are marked with `*`. */
export function customersTable(views: readonly CustomerView[]): string {
  if (views.length === 0) return "There is no customer yet. Next: deploy customer add SLUG --name NAME --email ADDRESS --tier TIER";
  const text = tableText(HEAD, views.map((view) => [
    view.slug, view.name, view.tier, view.eraseOn === null ? view.status : `${view.status} (erased on ${view.eraseOn})`, place(view), hostnames(view),
    Object.entries(view.limits).map(([name, { value, from }]) => `${name} ${value}${from === "own" ? "*" : ""}`).join(", "),
  ]));
  const own = views.some(({ limits }) => Object.values(limits).some(({ from }) => from === "own"));
  const [suspended, leaving] = (["suspended", "leaving"] as const).map((wanted) => views.filter(({ status }) => status === wanted).length) as [number, number];
  return [text, `${count(views.length, "customer")}${suspended > 0 ? `, ${suspended} suspended` : ""}${leaving > 0 ? `, ${leaving} leaving` : ""}${own ? " · * differs from the tier" : ""}`].join("\n");
}

const place = ({ host, nextHost }: CustomerView): string => nextHost ? `${host} (then ${nextHost})` : host;

const hostnames = ({ hostnames: [first = "", ...more] }: CustomerView): string => more.length === 0 ? first : `${first} and ${more.length} more`;

/** Everything about one of them, a line a fact. */
export function customerText(view: CustomerView): string {
  const { name, slug, email, tier, placement, status, eraseOn, host, nextHost, serverType, location, limits, labels } = view;
  const rows: [string, string][] = [
    ["e-mail", email ?? "none"],
    ["tier", `${tier} (${placement})`],
    ["status", eraseOn === null ? status : `${status}; its data is erased on ${eraseOn}`],
    ["host", `${host} (${serverType}, ${location})${nextHost ? `; ${nextHost} is prepared and not live yet` : ""}`],
    ...view.hostnames.map((one, index): [string, string] => [index === 0 ? "hostnames" : "", one]),
    ...Object.entries(limits).map(([limit, { value, from, tierValue }], index): [string, string] =>
      [index === 0 ? "limits" : "", `${limit} ${value} (${from === "tier" ? "tier" : `own; ${tierValue === null ? "the tier has none" : `tier: ${tierValue}`}`})`]),
    ...Object.entries(labels).map(([key, value], index): [string, string] => [index === 0 ? "labels" : "", `${key}: ${value}`]),
  ];
  return [`${name} (${slug})`, ...rows.map(([what, value]) => `  ${what.padEnd(9)}  ${value}`)].join("\n");
}

function tableText(head: string[], rows: string[][]): string {
  const table = new Table({ head, chars: { ...CHARS, middle: "  " }, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 } });
  table.push(...rows);
  return table.toString().split("\n").map((line) => line.trimEnd()).join("\n");
}
