/** Cost for people: tiers and hosts, or customers, and where one tier becomes cheaper than another. */
import { table } from "../report/table.ts";
import { count } from "../report/units.ts";
import { moneyOr, money } from "./money.ts";
import type { BreakEven } from "./break-even.ts";
import type { CostReport } from "./report.ts";

export type By = "tier" | "host" | "customer";

export function costText(report: CostReport, by: readonly By[], prices: string): string {
  const tables = { tier: tierTable, host: hostTable, customer: customerTable };
  return [...by.map((one) => `${tables[one](report)}\n`), totalWords(report), ...breakEvenWords(report), prices].join("\n");
}

function tierTable({ tiers, currency }: CostReport): string {
  const head = ["TIER", "CUSTOMERS", "HOSTS", "COST", "EACH", "PAYS", "MARGIN"];
  return table(head, tiers.map(({ tier, customers, hosts, cost, each, pays, margin }) =>
    [tier, customers, hosts, money(cost, currency), moneyOr(each, currency), moneyOr(pays, currency), moneyOr(margin, currency)]), head.slice(1));
}

function hostTable({ hosts, currency }: CostReport): string {
  const head = ["HOST", "TYPE", "CUSTOMERS", "SERVER", "ADDRESS", "VOLUME", "BACKUP", "COST", "EACH"];
  return table(head, hosts.map(({ host, serverType, customers, server, address, volume, backup, monthly, each }) =>
    [host, serverType, customers, moneyOr(server, currency, "?"), money(address, currency), money(volume, currency), money(backup, currency), moneyOr(monthly, currency, "?"), moneyOr(each, currency)]), head.slice(2));
}

function customerTable({ customers, currency }: CostReport): string {
  const head = ["CUSTOMER", "TIER", "HOST", "HOSTING", "COMMON", "COST", "PAYS", "MARGIN"];
  return table(head, customers.map(({ slug, tier, status, hosts, hosting, common, cost, pays, margin }) =>
    [slug, status === "active" ? tier : `${tier} (${status})`, hosts.join(" + "), moneyOr(hosting, currency, "?"), money(common, currency), moneyOr(cost, currency, "?"), moneyOr(pays, currency), moneyOr(margin, currency)]), head.slice(3));
}

/** `€60.21 a month: servers €45.21, backup €15.00, monitoring €10.00; customers pay €841.00, margin €780.79; €722.52 a year` */
function totalWords({ total: { servers, backup, cost, pays, margin, unpriced }, common, currency }: CostReport): string {
  const parts = [`servers, addresses and volumes ${money(servers, currency)}`, ...(backup > 0 ? [`backup ${money(backup, currency)}`] : []), ...common.map(({ name, monthly }) => `${name} ${money(monthly, currency)}`)];
  return [
    `${money(cost, currency)} a month: ${parts.join(", ")}${pays === null ? "" : `; customers pay ${money(pays, currency)}, margin ${moneyOr(margin, currency)}`}; ${money(cost * 12, currency)} a year`,
    ...(unpriced.length > 0 ? [`  ✗ without a known price, and not in it: ${unpriced.join(", ")}`] : []),
  ].join("\n");
}

function breakEvenWords({ breakEven, currency }: CostReport): string[] {
  return breakEven.flatMap((pair) => [`${pair.shared} or ${pair.dedicated}: ${pairWords(pair, currency).join("; ")}`]);
}

function pairWords({ sharedHost, dedicatedHost, cheaperFrom, paidBy, dedicatedMargin, gain }: BreakEven, currency: string): string[] {
  return [
    `a shared host costs ${money(sharedHost, currency)}, one of their own ${money(dedicatedHost, currency)}, so sharing is no dearer from ${count(cheaperFrom, "customer")} on`,
    ...(paidBy === null ? [] : [`${count(paidBy, "customer")} ${paidBy === 1 ? "pays" : "pay"} for the shared host`]),
    ...(dedicatedMargin === null ? [] : [`a dedicated customer leaves ${money(dedicatedMargin, currency)}`]),
    ...(gain === null ? [] : [`moving one up ${gain < 0 ? "loses" : "brings"} ${money(Math.abs(gain), currency)}`]),
  ];
}
