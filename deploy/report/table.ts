/** Tables for people: columns with spaces between them, no rules. */
import Table from "cli-table3";

const CHARS = Object.fromEntries(
  ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right", "left", "left-mid", "mid", "mid-mid", "right", "right-mid"].map((part) => [part, ""]),
);

/** Columns named in `right` are aligned to the right. Lines have no spaces at their end. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[], right: readonly string[] = []): string {
  const made = new Table({
    head: [...head], chars: { ...CHARS, middle: "  " }, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: head.map((name) => right.includes(name) ? "right" : "left"),
  });
  made.push(...rows.map((row) => [...row]));
  return made.toString().split("\n").map((line) => line.trimEnd()).join("\n");
}
