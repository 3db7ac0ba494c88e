/** A rollout as a value: who, in which order, why, who not and why not. Pure; printed, saved, run as it is. */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Window } from "../../model/schema.ts";
import { isOpen, nextOpening } from "../../model/windows.ts";
import type { Migration } from "../journal/journal.ts";
import { canaryOf } from "./canary.ts";
import type { Action } from "./judge.ts";
import { mostFailures, type OnFailure } from "./policy.ts";
import { callsOf, durationOf } from "./prediction.ts";
import type { Release } from "./release.ts";
import { order, type RingSettings } from "./rings.ts";

export interface PlannedHost {
  host: string;
  action: Action;
  /** Why there is something to do. */
  reason: string;
  /** Why it is at this place: `named in canaries`, `tier dedicated`. */
  place: string;
  /** Release that runs there now. */
  from: string | null;
  /** Seconds since the newest dump; null when there is none. */
  backupAge: number | null;
  /** What it will pull, in bytes; null when that is not known. */
  pullBytes: number | null;
  /** From past runs; null when there are none. */
  expectedSeconds: number | null;
  /** Customers that get the release first, by slug. */
  canary: string[];
}

export interface PlannedRing extends RingSettings { hosts: PlannedHost[] }

export interface Waiting {
  host: string;
  /** When its window opens, ISO 8601; null when not within two weeks. */
  until: string | null;
  /** The window in words; the same as long as hosting.yaml and customers.yaml say the same. */
  reason: string;
  /** Of the window. */
  timeZone: string;
}

export interface Refusal { host: string; reason: string; hint?: string; /** A setting of the operator is at fault, not the host. */ usage?: boolean }

export interface Plan {
  format: 2;
  release: Release;
  onFailure: OnFailure;
  /** Failed hosts that the run puts up with; 0 for `halt`. */
  mostFailures: number;
  /** In the order in which they are visited, those without hosts left out. */
  rings: PlannedRing[];
  /** Already there and well. */
  unchanged: string[];
  /** Held back by a maintenance window. */
  waiting: Waiting[];
  /** Left out on request. */
  skipped: { host: string; reason: string }[];
  /** Hosts that can't be updated; nothing starts while there is one. */
  refused: Refusal[];
  /** Why the whole plan must not be run; null when it may. */
  forbidden: { reason: string; hint: string } | null;
  /** What the release brings that the current ones have not; null when the journal does not know both. */
  migrations: Migration[] | null;
  /** Why it goes on with hosts whose backups were not proved lately; absent: it does not. */
  withoutProof?: string;
  prediction: {
    /** Null when a host's time is not known. */
    seconds: number | null;
    calls: { service: string; calls: number; /** In words. */ limit: string }[];
  };
}

/** What was found out about a host before planning. */
export type Finding =
  | { action: Action; reason: string; from: string | null; backupAge: number | null; pullBytes?: number | null; /** Without the canary. */ expectedSeconds?: number | null }
  /** `usage`: a setting of the operator is at fault, not the host. */
  | { fault: string; hint?: string; usage?: boolean };

export interface PlanOptions {
  at: Date;
  /** Hosts that are left out on request. */
  except?: readonly string[];
  /** Only these hosts; all others are left out without a word. */
  only?: readonly string[];
  /** Update outside maintenance windows too. */
  now?: boolean;
  /** Instead of hosting.yaml's. */
  onFailure?: OnFailure;
  /** To a release that served before: all customers go back at once. */
  back?: boolean;
  migrations?: Migration[] | null;
  /** Refuse hosts whose backups were not proved lately. */
  proved?: boolean;
  /** Why unproved backups don't keep it from running. */
  withoutProof?: string;
  /** Questions that were put to the registry; default one, for the digest. */
  asked?: number;
}

/** All hosts that the plan visits, in order. */
export const plannedHosts = ({ rings }: Pick<Plan, "rings">): PlannedHost[] => rings.flatMap(({ hosts }) => hosts);

export function planRollout(fleet: Fleet, release: Release, findings: ReadonlyMap<string, Finding>, options: PlanOptions): Plan {
  const { rollout } = fleet.platform;
  const onFailure = options.onFailure ?? rollout.onFailure;
  const lists: Pick<Plan, "unchanged" | "waiting" | "skipped" | "refused"> = { unchanged: [], waiting: [], skipped: [], refused: [] };
  const rings = new Map<RingSettings, PlannedRing>();
  for (const { host, ring, place } of order(fleet)) {
    if (!(options.only?.includes(host.name) ?? true)) continue;
    const held = heldBack(host, options);
    const finding = findings.get(host.name);
    if (held) "until" in held ? lists.waiting.push(held) : lists.skipped.push(held);
    else if (!finding) lists.refused.push({ host: host.name, reason: "nothing is known about it" });
    else if ("fault" in finding) lists.refused.push({ host: host.name, reason: finding.fault, ...(finding.usage ? { usage: true } : {}), ...(finding.hint ? { hint: finding.hint } : {}) });
    else if (finding.action === "none") lists.unchanged.push(host.name);
    else {
      const planned = rings.get(ring) ?? { ...ring, hosts: [] };
      rings.set(ring, planned);
      const { pullBytes = null, expectedSeconds: expected = null } = finding;
      const canary = finding.action === "update" && !options.back ? canaryOf(host, rollout.canary) : [];
      // Watching takes as long as it is told to, whatever past runs were told.
      const expectedSeconds = expected === null ? null : expected + (canary.length > 0 ? rollout.canary!.watchSeconds : 0);
      planned.hosts.push({ host: host.name, place, ...finding, pullBytes, expectedSeconds, canary });
    }
  }
  const planned = [...rings.values()];
  const hosts = plannedHosts({ rings: planned });
  return {
    format: 2, release, onFailure, mostFailures: onFailure === "halt" ? 0 : mostFailures(rollout.maxFailures, hosts.length),
    rings: planned, ...lists, forbidden: noWayBack(onFailure, release, hosts, options.migrations ?? []), migrations: options.migrations ?? null,
    ...(options.withoutProof === undefined ? {} : { withoutProof: options.withoutProof }),
    prediction: { seconds: durationOf(planned), calls: callsOf(release.repository, hosts, options.asked ?? 1) },
  };
}

/** `revert` promises a way back for every host; some migrations leave none. */
function noWayBack(onFailure: OnFailure, { version }: Release, hosts: readonly PlannedHost[], migrations: readonly Migration[]): Plan["forbidden"] {
  const final = migrations.filter(({ reversible }) => !reversible).map(({ name }) => name);
  if (onFailure !== "revert" || final.length === 0 || hosts.every(({ from }) => from === null)) return null;
  return { reason: `\`revert\` can't be promised, since ${final.join(", ")} of ${version} can't be undone`, hint: "--on-failure halt stops at the first failure and leaves the updated hosts as they are" };
}

/** Why a host is left out without being asked; undefined when it is not. */
export function heldBack({ name, window }: Pick<Host, "name" | "window">, { at, except = [], now = false }: PlanOptions): Waiting | { host: string; reason: string } | undefined {
  if (except.includes(name)) return { host: name, reason: "left out on request" };
  if (!window || now || isOpen(window, at)) return undefined;
  return { host: name, until: nextOpening(window, at)?.toISOString() ?? null, reason: windowWords(window), timeZone: window.timeZone };
}

/** `its window is sat, sun 02:00–05:00 Europe/Berlin` */
export const windowWords = ({ days, from, to, timeZone }: Window): string => `its window is ${days.join(", ")} ${from}–${to} ${timeZone}`;
