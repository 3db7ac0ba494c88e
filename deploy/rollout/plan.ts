/** A rollout as a value: who, in which order, why, who not and why not. Pure; printed, then run as it is. */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Window } from "../../model/schema.ts";
import { isOpen, nextOpening } from "../../model/windows.ts";
import type { Migration } from "../journal/journal.ts";
import type { Action } from "./judge.ts";
import type { Release } from "./release.ts";

export interface PlannedHost {
  host: string;
  /** From 1. */
  ring: number;
  action: Action;
  reason: string;
  /** Release that runs there now. */
  from: string | null;
  /** Seconds since the newest dump; null when there is none. */
  backupAge: number | null;
}

export interface Plan {
  release: Release;
  /** In the order in which they are visited, those without need left out. */
  hosts: PlannedHost[];
  /** Already there and well. */
  unchanged: string[];
  skipped: { host: string; reason: string }[];
  /** Hosts that can't be updated; nothing starts while there is one. */
  refused: { host: string; reason: string; hint?: string; usage?: boolean }[];
  /** What the release brings that the current ones have not; null when the journal does not know both. */
  migrations: Migration[] | null;
}

/** What was found out about a host before planning. */
export type Finding =
  | { action: Action; reason: string; from: string | null; backupAge: number | null }
  /** `usage`: a setting of the operator is at fault, not the host. */
  | { fault: string; hint?: string; usage?: boolean };

export interface PlanOptions {
  at: Date;
  /** Hosts that are left out on request. */
  except?: readonly string[];
  /** Update outside maintenance windows too. */
  now?: boolean;
  migrations?: Migration[] | null;
}

export function planRollout(fleet: Fleet, release: Release, findings: ReadonlyMap<string, Finding>, options: PlanOptions): Plan {
  const plan: Plan = { release, hosts: [], unchanged: [], skipped: [], refused: [], migrations: options.migrations ?? null };
  for (const { host, ring } of order(fleet)) {
    const held = heldBack(host, options);
    const finding = findings.get(host.name);
    if (held) plan.skipped.push({ host: host.name, reason: held });
    else if (!finding) plan.refused.push({ host: host.name, reason: "nothing is known about it" });
    else if ("fault" in finding) plan.refused.push({ host: host.name, reason: finding.fault, ...(finding.usage ? { usage: true } : {}), ...(finding.hint ? { hint: finding.hint } : {}) });
    else if (finding.action === "none") plan.unchanged.push(host.name);
    else plan.hosts.push({ host: host.name, ring, ...finding });
  }
  return plan;
}

/** Why a host is left out without being asked; undefined when it is not. */
export function heldBack(host: Host, { at, except = [], now = false }: PlanOptions): string | undefined {
  if (except.includes(host.name)) return "left out on request";
  if (host.window && !now && !isOpen(host.window, at)) return `waits for its window, ${opening(host.window, at)} (--now does not wait)`;
  return undefined;
}

/** Hosts in visiting order with their ring's number: hosting.yaml's rings, else dedicated ones by name, then shared ones. */
export function order(fleet: Fleet): { host: Host; ring: number }[] {
  const { rings } = fleet.platform.rollout;
  const byName = (a: Host, b: Host): number => a.name.localeCompare(b.name, "en", { numeric: true });
  const named = (ring: (typeof rings)[number]): Host[] => [
    ...(ring.hosts ?? []).flatMap((name) => fleet.host(name) ?? []),
    ...fleet.hosts.filter(({ tier }) => tier === ring.tier).toSorted(byName),
  ];
  const byKind = (kind: Host["kind"]): Host[] => fleet.hosts.filter((host) => host.kind === kind).toSorted(byName);
  const groups = rings.length > 0 ? rings.map(named) : [byKind("dedicated"), byKind("shared")];
  const seen = new Set<string>();
  const ordered: { host: Host; ring: number }[] = [];
  let ring = 0;
  for (const group of [...groups, fleet.hosts.toSorted(byName)]) {
    const fresh = group.filter(({ name }) => !seen.has(name));
    if (fresh.length > 0) ring += 1;
    for (const host of fresh) {
      if (seen.has(host.name)) continue; // named twice in one ring
      seen.add(host.name);
      ordered.push({ host, ring });
    }
  }
  return ordered;
}

/** `Sun 02:00`, by the window's own clock; across a change of clocks it may differ from `from`. */
export function opening(window: Window, at: Date): string {
  const next = nextOpening(window, at);
  if (!next) return "which does not open within two weeks";
  return new Intl.DateTimeFormat("en-GB", { timeZone: window.timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(next).replace(",", "");
}
