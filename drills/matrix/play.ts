/** Plays cells one after the other and brings the fleet back into order after a wrong one. */
import type { StepName } from "../../deploy/report/event.ts";
import type { Arena } from "./arena.ts";
import { type Cell, type CellOptions, playCell } from "./cell.ts";
import { restore } from "./restore.ts";
import type { Rolled, Row } from "./rows.ts";

export type Entry = { row: Row; step: StepName; senseless?: string };

/** All cells of the chosen rows and columns, row by row. */
export const entries = (rows: readonly Row[], columns: readonly StepName[]): Entry[] =>
  rows.flatMap((row) => columns.map((step) => ({ row, step, senseless: row.senseless?.(step) })));

/** Kinds of release that these cells roll. For an undo, one that fails. */
export const needed = (todo: readonly Entry[]): ReadonlySet<Rolled> =>
  new Set(todo.filter(({ senseless }) => senseless === undefined).flatMap(({ row, step }) => step === "undo" ? [row.rolled, "told" as const] : [row.rolled]));

export async function playAll(arena: Arena, todo: readonly Entry[], options: CellOptions, tell: (cell: Cell) => void): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const { row, step, senseless } of todo) {
    if (senseless !== undefined) continue;
    const cell = await playCell(arena, row, step, options);
    cells.push(cell);
    tell(cell);
    if (!cell.ok) await restore(arena);
  }
  return cells;
}
