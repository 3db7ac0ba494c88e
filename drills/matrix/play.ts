/** Plays cells of rollouts one after the other and brings the fleet back into order after a wrong one. */
import type { StepName } from "../../deploy/report/event.ts";
import { type Arena, raiseArena } from "./arena.ts";
import { type Cell, playCell } from "./cell.ts";
import { entries, type Entry, type Matrix, type MatrixOptions } from "./matrix.ts";
import { restore } from "./restore.ts";
import { columns, type Rolled, type Row, rows } from "./rows.ts";

/** Kinds of release that these cells roll. For an undo, one that fails. */
export const needed = (todo: readonly Entry<Row, StepName>[]): ReadonlySet<Rolled> =>
  new Set(todo.filter(({ senseless }) => senseless === undefined).flatMap(({ row, step }) => step === "undo" ? [row.rolled, "told" as const] : [row.rolled]));

async function playAll(arena: Arena, todo: readonly Entry<Row, StepName>[], options: MatrixOptions, tell: (cell: Cell) => void): Promise<Cell[]> {
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

const lineOf = ({ reached, step, seen: { victim, traffic } }: Cell): string =>
  `${traffic.sent} requests${traffic.failed > 0 ? `, ${traffic.failed} failed on ${victim}` : ""}${reached !== step ? `; went on to ${reached}` : ""}`;

export const rollout: Matrix = {
  sentence: "Each cell: strike when the step begins, mend, run again; then every host is on the release, every customer is answered, no lock is left, the journal has no open end.",
  lab: "three hosts", rows, columns,
  async play(site, chosen, options, heard) {
    const todo = entries(rows.filter(({ name }) => chosen.rows.includes(name)), columns.filter((step) => chosen.columns.includes(step)));
    const arena = await raiseArena(site, needed(todo));
    heard.ready();
    return playAll(arena, todo, options, (cell) => heard.cell(cell, lineOf(cell)));
  },
};
