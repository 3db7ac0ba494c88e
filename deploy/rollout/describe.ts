/** A plan in words. */
import { age, bytes, count, duration } from "../report/units.ts";
import { type Plan, type PlannedHost, plannedHosts, type PlannedRing, type Waiting } from "./plan.ts";
import { bakesOf } from "./prediction.ts";

/** Names that a line lists; of a thousand hosts, nobody reads more. `--json` has all. */
const NAMES = 30;

export function describePlan(plan: Plan): string {
  const { rings, unchanged, skipped, refused, forbidden } = plan;
  const hosts = plannedHosts(plan);
  return [
    headLine(plan, hosts),
    ...rings.map((ring, at) => ringLine(ring, at, rings.length)),
    ...(unchanged.length > 0 ? [`  already there  ${names(unchanged)}`] : []),
    ...waitingLines(plan.waiting),
    ...[...Map.groupBy(skipped, ({ reason }) => reason)].map(([reason, left]) => `  ${reason}  ${names(left.map(({ host }) => host))}`),
    ...refused.map(({ host, reason, hint }) => fault(`${host}: ${reason}`, hint)),
    ...(forbidden ? [fault(forbidden.reason, forbidden.hint)] : []),
    ...(plan.withoutProof === undefined ? [] : [`  without proof of backups: ${plan.withoutProof}`]),
    ...(hosts.length > 0 ? [pullLine(hosts), timeLine(plan), callLine(plan)] : []),
  ].join("\n");
}

function headLine(plan: Plan, hosts: readonly PlannedHost[]): string {
  const { release: { version }, refused, rings } = plan;
  if (hosts.length === 0) return `Plan: ${version}: ${refused.length > 0 ? "can't start" : "nothing to do"}`;
  const from = [...new Set(hosts.map((host) => host.from ?? "nothing"))].join(", ");
  const extent = hosts.length === 1 ? "1 host" : `${hosts.length} hosts in ${count(rings.length, "ring")}`;
  return `Plan: ${from} → ${version} on ${extent}; ${[policyWords(plan, hosts.length), backupWords(hosts), migrationWords(plan)].filter(Boolean).join("; ")}`;
}

/** What a failure leads to. One host that fails goes back in any case. */
function policyWords({ onFailure, mostFailures }: Plan, hosts: number): string {
  if (hosts === 1) return "";
  const tolerated = mostFailures === 0 ? "at the first failure" : `after more than ${count(mostFailures, "failure")}`;
  return onFailure === "revert" ? `brings all back ${tolerated}` : `stops ${tolerated}`;
}

function backupWords(hosts: readonly PlannedHost[]): string {
  const ages = hosts.flatMap(({ backupAge }) => backupAge ?? []);
  if (ages.length === 0) return "no backups yet";
  return `backups ${age(Math.max(...ages))} old${ages.length < hosts.length ? `, ${hosts.length - ages.length} without` : ""}`;
}

function migrationWords({ migrations, onFailure }: Plan): string {
  if (!migrations) return onFailure === "revert" ? "whether its migrations can be undone is not known here" : "its migrations are not known here";
  if (migrations.length === 0) return "no migration";
  const final = migrations.filter(({ reversible }) => !reversible);
  return `${count(migrations.length, "migration")} (${final.length === 0 ? "reversible" : `no way back past ${final.map(({ name }) => name).join(", ")}`})`;
}

/** `  ring 2  tier dedicated, 5 at once: nova, orion (first release); then watched for 10 min` */
function ringLine({ name, concurrency, bakeSeconds, hosts }: PlannedRing, at: number, rings: number): string {
  const listed = names(hosts.map(hostWords));
  const atOnce = concurrency > 1 && hosts.length > 1 ? `${Math.min(concurrency, hosts.length)} at once` : "";
  // A ring that is called by its only host needs no name besides.
  const called = name === hosts.map(({ host }) => host).join(", ") ? "" : name;
  const head = [called, atOnce].filter(Boolean).join(", ");
  return `  ring ${at + 1}  ${head ? `${head}: ` : ""}${listed}${bakeSeconds > 0 && at < rings - 1 ? `; then watched for ${duration(bakeSeconds)}` : ""}`;
}

/** The name, and what is not to be expected of a host in that ring. */
function hostWords({ host, action, reason, place, canary }: PlannedHost): string {
  const remarks = [
    // That a dedicated host serves its customer, its name says.
    ...((place.startsWith("serves ") || place.includes(" has ")) && !place.split(" ").slice(0, 2).includes(host) ? [place] : []),
    ...(action === "update" && reason.startsWith("from ") ? [] : [reason]),
    ...(canary.length > 0 ? [`${canary.length > 3 ? `${canary.slice(0, 2).join(", ")} and ${canary.length - 2} more` : canary.join(", ")} first`] : []),
  ];
  return remarks.length > 0 ? `${host} (${remarks.join("; ")})` : host;
}

/** Hosts with one window are one line. */
function waitingLines(waiting: readonly Waiting[]): string[] {
  return [...Map.groupBy(waiting, ({ until, reason }) => `${until} ${reason}`).values()].map((same) => {
    const { until, timeZone, reason } = same[0]!;
    return `  waits  ${names(same.map(({ host }) => host))}: ${until ? `opens ${opening(until, timeZone)}` : "opens in more than two weeks"}; ${reason} (--now does not wait)`;
  });
}

/** `Sun 3 May 02:00`, by the window's own clock. */
export function opening(until: string, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(until)).replaceAll(",", "");
}

function pullLine(hosts: readonly PlannedHost[]): string {
  const sizes = hosts.flatMap(({ pullBytes }) => pullBytes ?? []).filter((size) => size > 0);
  const there = hosts.filter(({ pullBytes }) => pullBytes === 0).length;
  const unknown = hosts.length - sizes.length - there;
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)].map(bytes);
  const total = bytes(sizes.reduce((sum, one) => sum + one, 0));
  const parts = [
    ...(sizes.length === 1 ? [`${total} on 1 host`] : sizes.length > 1 ? [`${least === most ? least : `${least} to ${most}`} a host, ${total} in all`] : []),
    ...(there > 0 ? [there === hosts.length ? "nothing: the image is there" : `nothing on ${count(there, "host")} that ${there === 1 ? "has" : "have"} the image`] : []),
    ...(unknown > 0 ? [unknown === hosts.length ? "size not known" : `not known for ${count(unknown, "host")}`] : []),
  ];
  return `  pulls  ${parts.join("; ")}`;
}

function timeLine({ prediction, rings }: Plan): string {
  const watched = bakesOf(rings);
  const watching = watched > 0 ? `${duration(watched)} of watching` : "";
  if (prediction.seconds === null) return `  takes  not known before a first run${watching ? `, and ${watching}` : ""}`;
  return `  takes  about ${duration(roughly(prediction.seconds))}${watching ? `, with ${watching}` : ""}`;
}

/** To what a guess may claim: whole seconds, from two minutes on tens, from an hour on minutes. */
function roughly(value: number): number {
  const unit = value < 120 ? 1 : value < 3600 ? 10 : 60;
  return Math.max(1, Math.round(value / unit)) * unit;
}

const callLine = ({ prediction: { calls } }: Plan): string => `  asks   ${calls.map(({ service, calls, limit }) => `${service} ${calls}× (${limit})`).join(", ")}`;

const fault = (reason: string, hint: string | undefined): string => `  ✗ ${`${reason}${hint ? `\n${hint}` : ""}`.replaceAll(/\n */g, "\n      ")}`;

const names = (all: readonly string[]): string => all.length > NAMES ? `${all.slice(0, NAMES - 1).join(", ")} and ${all.length - NAMES + 1} more` : all.join(", ");
