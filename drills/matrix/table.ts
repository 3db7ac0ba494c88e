/** The matrix for people. */
import Table from "cli-table3";

export interface TableRow {
  name: string;
  /** Why striking at this step makes no sense. */
  senseless?(step: string): string | undefined;
}
export interface TableCell { row: string; step: string; ok: boolean; /** What was expected and seen, when it is not right. */ wrong: string[]; seconds: number }

/** Seconds of a cell that is right, ✗ for a wrong one, – where there is none. */
export function table(rows: readonly TableRow[], columns: readonly string[], cells: readonly TableCell[]): string {
  const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " };
  const drawn = new Table({ head: ["", ...columns], chars: none, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 }, colAligns: ["left", ...columns.map(() => "right" as const)] });
  for (const row of rows) drawn.push([row.name, ...columns.map((step) => mark(row, step, cells))]);
  return drawn.toString();
}

function mark(row: TableRow, step: string, cells: readonly TableCell[]): string {
  if (row.senseless?.(step) !== undefined) return "–";
  const cell = cells.find((one) => one.row === row.name && one.step === step);
  return !cell ? "" : cell.ok ? `✓ ${cell.seconds.toFixed(0)}` : "✗";
}

/** Why cells are left out, each reason once with its rows. */
export function reasons(rows: readonly TableRow[], columns: readonly string[]): string[] {
  const by = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const step of columns) {
      const why = row.senseless?.(step);
      if (why !== undefined) by.set(why, (by.get(why) ?? new Set()).add(row.name));
    }
  }
  return [...by].map(([why, names]) => `– ${why} (${[...names].join(", ")})`);
}
