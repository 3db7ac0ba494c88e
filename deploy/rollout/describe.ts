/** A plan in words. */
import { age, count } from "../report/units.ts";
import { type Plan, type PlannedHost, plannedHosts } from "./plan.ts";

export function describePlan(plan: Plan): string {
  const { release, rings, unchanged, waiting, skipped, refused } = plan;
  const hosts = plannedHosts(plan);
  const from = [...new Set(hosts.map((host) => host.from ?? "nothing"))].join(", ");
  const head = hosts.length === 0
    ? `Plan: ${release.version}: ${refused.length > 0 ? "can't start" : "nothing to do"}`
    : `Plan: ${from} → ${release.version} on ${count(hosts.length, "host")}, ${count(rings.length, "ring")}, in turn; ${backups(hosts)}${migrations(plan)}`;
  return [
    head,
    ...rings.map((ring, at) => `  ring ${at + 1}  ${ring.hosts.map(named).join(", ")}`),
    ...(unchanged.length > 0 ? [`  already there  ${unchanged.join(", ")}`] : []),
    ...waiting.map(({ host, until, reason, timeZone }) => `  held back  ${host}: ${reason}, ${until ? `next ${opening(until, timeZone)}` : "which does not open within two weeks"} (--now does not wait)`),
    ...skipped.map(({ host, reason }) => `  held back  ${host}: ${reason}`),
    ...refused.map(({ host, reason, hint }) => `  ✗ ${host}: ${`${reason}${hint ? `\n${hint}` : ""}`.replaceAll(/\n */g, "\n      ")}`),
  ].join("\n");
}

const named = ({ host, action, reason }: PlannedHost): string => action === "update" && reason.startsWith("from ") ? host : `${host} (${reason})`;

function backups(hosts: readonly PlannedHost[]): string {
  const ages = hosts.flatMap(({ backupAge }) => backupAge === null ? [] : [backupAge]);
  if (ages.length === 0) return "no backups yet";
  return `backups ${age(Math.max(...ages))} old${ages.length < hosts.length ? `, ${hosts.length - ages.length} without` : ""}`;
}

function migrations({ migrations }: Plan): string {
  if (!migrations) return "";
  if (migrations.length === 0) return "; no migration";
  const final = migrations.filter(({ reversible }) => !reversible);
  const nature = final.length === 0 ? "reversible" : `no way back past ${final.map(({ name }) => name).join(", ")}`;
  return `; ${count(migrations.length, "migration")} (${nature})`;
}

/** `Sun 02:00`, by the window's own clock. */
export function opening(until: string, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(until)).replace(",", "");
}
