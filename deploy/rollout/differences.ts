/**
 * What changed between a saved plan and one made now. Ages, seconds, bytes and the next opening of a window change by
 * themselves, and leave out what is done to whom; they are no difference. Pure.
 */
import { isDeepStrictEqual as same } from "node:util";
import type { Plan, PlannedHost, PlannedRing } from "./plan.ts";

/** What becomes of a host. */
interface Fate {
  /** To follow `it`. */
  words: string;
  /** All that must be the same. */
  detail: Record<string, unknown>;
}

/** One sentence a change; [] when the saved plan says what a new one would. */
export function differences(saved: Plan, fresh: Plan): string[] {
  return [...releaseChanges(saved, fresh), ...policyChanges(saved, fresh), ...migrationChanges(saved, fresh), ...hostChanges(saved, fresh), ...ringChanges(saved, fresh)];
}

function releaseChanges({ release: was }: Plan, { release: is }: Plan): string[] {
  return [
    ...changed("the release", was.version, is.version),
    ...(was.digest === is.digest || was.version !== is.version ? [] : [`${is.version} is another image now: ${is.digest}, in the plan ${was.digest}`]),
    ...changed("the image's repository", was.repository, is.repository),
  ];
}

function policyChanges(was: Plan, is: Plan): string[] {
  return [
    ...changed("the policy on failure", was.onFailure, is.onFailure),
    ...changed("the number of failures that is put up with", was.mostFailures, is.mostFailures),
    ...(same(was.forbidden, is.forbidden) ? [] : [is.forbidden ? `it is forbidden now: ${is.forbidden.reason}` : "it was forbidden in the plan, and is not now"]),
  ];
}

function migrationChanges({ migrations: was }: Plan, { migrations: is }: Plan): string[] {
  const words = (migrations: Plan["migrations"]): string =>
    migrations === null ? "not known" : migrations.map(({ name, reversible }) => `${name}${reversible ? "" : " (no way back)"}`).join(", ") || "none";
  return same(was, is) ? [] : [`the migrations: ${words(is)} now, ${words(was)} in the plan`];
}

function hostChanges(saved: Plan, fresh: Plan): string[] {
  const [was, is] = [fates(saved), fates(fresh)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((host) => {
    const [before, now] = [was.get(host), is.get(host)];
    if (!now) return [`${host} is not in the fleet any more; in the plan it ${before!.words}`];
    if (!before) return [`${host} is not in the plan; now it ${now.words}`];
    if (before.words !== now.words) return [`${host}: now it ${now.words}; in the plan it ${before.words}`];
    return Object.keys({ ...before.detail, ...now.detail }).filter((key) => !same(before.detail[key], now.detail[key]))
      .map((key) => `${host}: ${key} ${shown(now.detail[key])} now, ${shown(before.detail[key])} in the plan`);
  });
}

function fates(plan: Plan): Map<string, Fate> {
  const { version } = plan.release;
  return new Map<string, Fate>([
    ...plan.rings.flatMap(({ name, hosts }) => hosts.map((host): [string, Fate] => [host.host, { words: `is updated in ring ${name}`, detail: detailOf(host) }])),
    ...plan.unchanged.map((host): [string, Fate] => [host, { words: `runs ${version} already`, detail: {} }]),
    ...plan.waiting.map(({ host, reason, timeZone }): [string, Fate] => [host, { words: "waits for its window", detail: { reason, timeZone } }]),
    ...plan.skipped.map(({ host, reason }): [string, Fate] => [host, { words: "is left out", detail: { reason } }]),
    ...plan.refused.map(({ host, reason, hint, usage }): [string, Fate] => [host, { words: "can't be updated", detail: { reason, hint, usage } }]),
  ]);
}

/** Everything about a planned host but what changes by itself. */
function detailOf({ action, reason, place, from, canary }: PlannedHost): Fate["detail"] {
  return { release: from, action, reason, place, canary };
}

function ringChanges({ rings: was }: Plan, { rings: is }: Plan): string[] {
  const settings = is.flatMap((ring, at) => {
    const before = was[at]?.name === ring.name ? was[at] : was.find(({ name }) => name === ring.name);
    return before ? [...changed(`ring ${ring.name}: hosts at once`, before.concurrency, ring.concurrency), ...changed(`ring ${ring.name}: seconds of watching`, before.bakeSeconds, ring.bakeSeconds)] : [];
  });
  const orderOf = (rings: readonly PlannedRing[]): string => rings.map(({ name, hosts }) => `${name} (${hosts.map(({ host }) => host).join(", ")})`).join(", ");
  const shape = (rings: readonly PlannedRing[]) => rings.map(({ name, hosts }) => [name, hosts.map(({ host }) => host)] as const);
  const places = (rings: readonly PlannedRing[]): string[] => shape(rings).flatMap(([name, hosts]) => hosts.map((host) => `${host} ${name}`)).toSorted();
  // Told only when the same hosts are in the same rings: otherwise that is what changed.
  const moved = same(places(was), places(is)) && !same(shape(was), shape(is));
  return [...settings, ...(moved ? [`the order: ${orderOf(is)} now, ${orderOf(was)} in the plan`] : [])];
}

const changed = (what: string, was: string | number, is: string | number): string[] => was === is ? [] : [`${what}: ${is} now, ${was} in the plan`];

const shown = (value: unknown): string => Array.isArray(value) ? value.join(", ") || "none" : String(value ?? "none");
