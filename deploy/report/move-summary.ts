/** How a move ended, as text that can be pasted to a colleague. */
import type { Event } from "./event.ts";
import type { MoveSummary, ProbeResult } from "./move-event.ts";
import { bytes, count, seconds } from "./units.ts";
import { shortName } from "./words.ts";

export function moveSummaryLines(summary: MoveSummary): string[] {
  const { failure, next, probe } = summary;
  const rows: [string, string][] = [
    ...(failure ? [["failed", `${shortName(failure.step)}: ${failure.reason.split("\n", 1)[0]!}`], ...failure.reason.split("\n").slice(1).map((line) => ["", line]), ["now", failure.undone], ...(failure.hint ? [["hint", failure.hint]] : [])] as [string, string][] : []),
    ...(summary.rows > 0 ? [["moved", `${count(summary.tables, "table")}, ${count(summary.rows, "row")}, ${bytes(summary.bytes)}; every row and file compared`] satisfies [string, string]] : []),
    ...(summary.holdMilliseconds === null ? [] : [["held", holdWords(summary)] satisfies [string, string]]),
    ...(probe ? [["outside", probeWords(probe)], ...probe.failures.slice(0, 3).map((text) => ["", `✗ ${text}`])] as [string, string][] : []),
    ...(failure ? [["journal", `deploy history show ${summary.operation}`] satisfies [string, string]] : []),
  ];
  const width = Math.max(0, ...rows.map(([title]) => title.length));
  return [headline(summary), ...rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`), ...(next ? [`Next: ${next}`] : [])];
}

function headline({ ok, stopped, verb, customer, from, to, serving, seconds: took }: MoveSummary): string {
  const how = ok ? "Done" : stopped ? "Stopped" : "Failed";
  const where = serving === null ? "where it is served is not known" : `${serving} serves`;
  return `${how}: ${verb} ${customer} (${from} → ${to}): ${where}. ${seconds(took)}`;
}

/** `9.0 ms (hold 2.1, catch-up 0.5, compare 1.1, route 0.8)` */
function holdWords({ holdMilliseconds, parts }: MoveSummary): string {
  const shown = Object.entries(parts).map(([step, took]) => `${step} ${tenth(took)}`).join(", ");
  return `${tenth(holdMilliseconds ?? 0)} ms${shown ? ` (${shown})` : ""}`;
}

export const probeWords = ({ requests, failed, longestMilliseconds, gapMilliseconds, usualMilliseconds }: ProbeResult): string =>
  `${count(requests, "request")}, ${failed} failed; longest answer ${tenth(longestMilliseconds)} ms, usual ${tenth(usualMilliseconds)} ms (99 %); longest time without one ${tenth(gapMilliseconds)} ms`;

const tenth = (value: number): string => value < 100 ? String(Math.round(value * 10) / 10) : String(Math.round(value));

/** What of a move's event is worth reading later. */
export function moveLines(event: Event): { host: string | null; text: string }[] {
  if (event.type === "move-started") return [{ host: event.customer, text: `${event.verb} ${event.from} → ${event.to}` }];
  if (event.type === "move-ended") return moveSummaryLines(event.summary).map((text) => ({ host: null, text }));
  return [];
}
