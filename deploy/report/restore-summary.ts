/** How a restore ended, and what it would change, as text that can be pasted to a colleague. */
import type { Event } from "./event.ts";
import type { Comparison, RestoreSummary } from "./restore-event.ts";
import { count, seconds } from "./units.ts";
import { shortName } from "./words.ts";

/** Keys of each kind that people see; `--json` has more. */
const KEYS = 5;

/** One line a table that differs; one for all that don't. */
export function comparisonLines({ tables, stays, files }: Comparison): string[] {
  const differing = tables.filter(({ comes, goes, changes }) => comes.rows + goes.rows + changes.rows > 0);
  const width = Math.max(0, ...differing.map(({ table }) => table.length));
  const alike = tables.filter((table) => !differing.includes(table));
  return [
    ...differing.map(({ table, now, then, comes, goes, changes }) => {
      const parts = ([["come", "comes", comes], ["go", "goes", goes], ["change", "changes", changes]] as const).filter(([, , { rows }]) => rows > 0)
        .map(([many, one, { rows, keys }]) => `${rows} ${rows === 1 ? one : many} (${keys.slice(0, KEYS).join(", ")}${rows > KEYS ? ", …" : ""})`);
      return `  ${table.padEnd(width)}  ${now} now, ${then} then: ${parts.join(", ")}`;
    }),
    ...(alike.length > 0 ? [`  ${differing.length > 0 ? "as it was" : "all as it was"}: ${alike.map(({ table }) => table).join(", ")}`] : []),
    `  files: ${files.now} now, ${files.then} then`,
    ...(stays.length > 0 ? [`  not in archives, stays: ${stays.join(", ")}`] : []),
  ];
}

export function restoreSummaryLines(summary: RestoreSummary): string[] {
  const { failure, next, notes, operation, comparison } = summary;
  const rows: [string, string][] = [
    ...(failure ? [["failed", `${shortName(failure.step)}: ${failure.reason.split("\n", 1)[0]!}`], ...failure.reason.split("\n").slice(1).map((line) => ["", line]), ["now", failure.undone], ...(failure.hint ? [["hint", failure.hint]] : [])] as [string, string][] : []),
    ...notes.map((note): [string, string] => ["note", note]),
    ...(failure ? [["journal", `deploy history show ${operation}`] satisfies [string, string]] : []),
  ];
  const width = Math.max(0, ...rows.map(([title]) => title.length));
  return [headline(summary), ...(comparison ? comparisonLines(comparison) : []), ...rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`), ...(next ? [`Next: ${next}`] : [])];
}

function headline({ ok, stopped, verb, subject, host, at, seconds: took }: RestoreSummary): string {
  const how = ok ? "Done" : stopped ? "Stopped" : "Failed";
  return `${how}: ${verb} ${subject}${host === subject ? "" : ` on ${host}`}${at ? ` to ${at}` : ""}. ${seconds(took)}`;
}

export const comparedWords = ({ tables }: Comparison): string => {
  const sum = (of: "comes" | "goes" | "changes"): number => tables.reduce((all, table) => all + table[of].rows, 0);
  return `${count(sum("comes"), "row")} would come, ${sum("goes")} go, ${sum("changes")} change`;
};

/** What of a restore's event is worth reading later. */
export function restoreLines(event: Event): { host: string | null; text: string }[] {
  if (event.type === "restore-started") return [{ host: event.subject, text: `${event.verb} on ${event.host}${event.at ? ` to ${event.at}` : ""}` }];
  if (event.type === "restore-ended") return restoreSummaryLines(event.summary).map((text) => ({ host: null, text }));
  return [];
}
