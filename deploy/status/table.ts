/** The fleet at a glance. */
import type { Fleet } from "../../model/fleet.ts";
import { table } from "../report/table.ts";
import { age, count } from "../report/units.ts";
import type { HostStatus } from "./host-status.ts";

const HEAD = ["HOST", "TIER", "CUSTOMERS", "RELEASE", "SINCE", "HEALTH", "LOAD", "MEM", "DISK", "BACKUP", "CERT"];

export function statusTable(fleet: Fleet, hosts: readonly HostStatus[], now: Date): string {
  const text = table(HEAD, hosts.map((host) => row(host, now)), ["CUSTOMERS", "LOAD", "MEM", "DISK"]);
  return [text, ...faults(hosts), summary(fleet, hosts)].join("\n");
}

function row({ name, tier, phase, customers, release, health, resources }: HostStatus, now: Date): (string | number)[] {
  const percent = (value: number | null | undefined): string => value == null ? "" : `${value}%`;
  return [
    name, phase === "staged" ? `${tier} (staged)` : tier, customers.length, runs({ release, resources }),
    release ? age((now.getTime() - Date.parse(release.since)) / 1000) : "", healthWord(health),
    resources?.load == null ? "" : percent(Math.round(resources.load * 100)), percent(resources?.memoryPercent), percent(resources?.diskPercent),
    resources ? resources.backupAgeSeconds === null ? "none" : age(resources.backupAgeSeconds) : "", resources?.certificateDays == null ? "" : `${resources.certificateDays} d`,
  ];
}

/** Without an answer nobody knows. */
const runs = ({ release, resources }: Pick<HostStatus, "release" | "resources">): string => release?.version ?? (resources ? "none" : "?");

function healthWord({ ok, checks }: HostStatus["health"]): string {
  const customers = checks.filter(({ name }) => name.startsWith("customer "));
  if (customers.length === 0) return ok ? "ok" : "down";
  return `${ok ? "ok" : "ill"} (${customers.filter((check) => check.ok).length}/${customers.length})`;
}

/** What is not well, in words, under the table. */
function faults(hosts: readonly HostStatus[]): string[] {
  return hosts.flatMap(({ name, health, services }) => [
    ...health.checks.filter(({ ok }) => !ok).map((check) => `  ✗ ${name}: ${check.name}: ${check.detail.replaceAll("\n", " ")}`),
    ...services.filter(({ ok }) => !ok).map((service) => `  ✗ ${name}: service ${service.name} is not up`),
  ]);
}

/** `2 hosts on v41, 1 on v40 · €71.97 a month from customers` */
function summary({ platform, hosts: planned }: Fleet, hosts: readonly HostStatus[]): string {
  const amounts = new Map<string, number>();
  for (const host of hosts) amounts.set(runs(host), (amounts.get(runs(host)) ?? 0) + 1);
  const on = [...amounts].toSorted((a, b) => b[1] - a[1]).map(([version, amount], at) => `${at === 0 ? count(amount, "host") : amount} ${version === "none" ? "without a release" : version === "?" ? "silent" : `on ${version}`}`).join(", ");
  const living = planned.filter(({ phase }) => phase === "live").flatMap(({ customers }) => customers).filter(({ status }) => status === "active");
  const income = living.reduce((sum, { tier }) => sum + (platform.tiers[tier]?.monthlyPrice ?? 0), 0);
  const money = income > 0 ? ` · customers pay ${new Intl.NumberFormat("en", { style: "currency", currency: platform.currency }).format(income)} a month` : "";
  const ill = hosts.filter(({ health }) => !health.ok);
  return `${on}${money}${ill.length > 0 ? ` · not well: ${ill.map(({ name }) => name).join(", ")}` : ""}`;
}
