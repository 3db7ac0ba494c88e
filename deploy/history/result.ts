/** What came of an operation, from the detail in its record: a summary, a list of hosts, or a sentence. Pure. */
import type { OperationEntry } from "../journal/journal.ts";
import type { HostOutcome } from "../report/event.ts";
import type { LifeSummary } from "../report/life-event.ts";
import type { MoveSummary } from "../report/move-event.ts";
import type { RestoreSummary } from "../report/restore-event.ts";
import { count, hostsNamed } from "../report/units.ts";

type Outcome = HostOutcome["outcome"];
const WORDS: Record<Outcome, string> = { updated: "updated", unchanged: "already there", failed: "failed", reverted: "brought back", "not-reached": "not reached" };
/** Where it matters which. */
const NAMED: ReadonlySet<Outcome> = new Set(["failed"]);

/** The detail as a value, where it is one; else as it is. */
export function detailOf({ detail }: Pick<OperationEntry, "detail">): unknown {
  if (!detail || !/^[[{]/.test(detail)) return detail;
  try {
    return JSON.parse(detail) as unknown;
  } catch {
    return detail;
  }
}

/** What became of each host, as far as the record says it. */
export function hostsOf(operation: Pick<OperationEntry, "detail">): { host: string; outcome: Outcome }[] {
  const detail = detailOf(operation);
  const list: unknown = Array.isArray(detail) ? detail : (detail as { hosts?: unknown } | null)?.hosts;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const { host, outcome } = (Array.isArray(entry) ? { host: entry[0] as unknown, outcome: entry[1] as unknown } : entry ?? {}) as { host?: unknown; outcome?: unknown };
    return typeof host === "string" && typeof outcome === "string" && outcome in WORDS ? [{ host, outcome: outcome as Outcome }] : [];
  });
}

/** `acme serves; held 9 ms; 0 of 1200 requests failed` */
function moveWords(detail: unknown): string | null {
  const { customer, serving, holdMilliseconds, probe, failure } = (detail ?? {}) as Partial<MoveSummary>;
  if (customer === undefined || serving === undefined) return null;
  return [
    ...(failure ? [failure.step] : []), serving === null ? "not known where it is served" : `${serving} serves`,
    ...(typeof holdMilliseconds === "number" ? [`held ${holdMilliseconds} ms`] : []), ...(probe ? [`${probe.failed} of ${count(probe.requests, "request")} failed`] : []),
  ].join("; ");
}

/** `13 rows, 2 files (3 MB)`, or the step that failed. */
function lifeWords(detail: unknown): string | null {
  const { customer, certificate, came, failure } = (detail ?? {}) as Partial<LifeSummary>;
  return customer === undefined || certificate === undefined ? null : failure ? failure.step : came ?? "";
}

/** `shared, to 2026-05-01T10:00:00.000Z` */
function restoreWords(detail: unknown): string | null {
  const { verb, host, at, failure } = (detail ?? {}) as Partial<RestoreSummary>;
  if (!verb?.startsWith("restore") || host === undefined) return null;
  return [...(failure ? [failure.step] : []), host, ...(at ? [`to ${at}`] : [])].join(", ");
}

/** `3 updated, 1 failed: orion`, or the first line of what was noted. */
export function resultWords(operation: Pick<OperationEntry, "detail">): string {
  const restored = restoreWords(detailOf(operation));
  if (restored !== null) return restored;
  const told = moveWords(detailOf(operation)) ?? lifeWords(detailOf(operation));
  if (told !== null) return told;
  const groups = Map.groupBy(hostsOf(operation), ({ outcome }) => outcome);
  if (groups.size === 0) return typeof detailOf(operation) === "string" ? operation.detail!.split("\n")[0]! : "";
  return (Object.keys(WORDS) as Outcome[]).flatMap((outcome) => {
    const names = (groups.get(outcome) ?? []).map(({ host }) => host);
    return names.length === 0 ? [] : [`${names.length} ${WORDS[outcome]}${NAMED.has(outcome) ? `: ${hostsNamed(names)}` : ""}`];
  }).join(", ");
}
