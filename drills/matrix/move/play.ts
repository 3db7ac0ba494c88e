/** Plays cells of moves, each from where the last one ended as far as that goes. */
import { entries, type Matrix } from "../matrix.ts";
import { bring, raiseMoveArena, restoreMove } from "./arena.ts";
import { expectedEnd, type MoveCell, playMoveCell } from "./cell.ts";
import { columnOf, columns, startsOf } from "./columns.ts";
import { chained } from "./judge.ts";
import { rows } from "./rows.ts";

const lineOf = ({ seen: { codes: [first], next, wanted, acknowledged, customer, others, between, after } }: MoveCell): string =>
  `struck run ${first}, ${between.serving ?? "nobody"} served; ${next === null ? "nothing" : next} → ${wanted}, ${after.serving ?? "nobody"} serves; ${acknowledged} writes kept; failed ${customer.failed} of ${customer.sent}, others ${others.failed} of ${others.sent}`;

export const move: Matrix = {
  sentence: "Each cell: strike when the step begins, mend, end it by run, back or abort; then every acknowledged write is on the host that serves, nobody had a failed request, and nothing of the move lies where it should not.",
  lab: "two hosts", rows, columns: columns.map(({ name }) => name),
  async play(site, chosen, options, heard) {
    const todo = entries(rows.filter(({ name }) => chosen.rows.includes(name)), chosen.columns).filter(({ senseless }) => senseless === undefined).map(({ row, step }) => ({ row, column: columnOf(step) }));
    const arena = await raiseMoveArena(site);
    heard.ready();
    const cells: MoveCell[] = [];
    // Names of columns that one cell adds must be no other's, whoever played in this lab before.
    const first = Math.floor(Date.now() / 1000);
    for (const [at, { row, column }] of chained(todo, ({ column }) => expectedEnd(column)).entries()) {
      await bring(arena, startsOf(column));
      const cell = await playMoveCell(arena, row, column, first + at, options);
      cells.push(cell);
      heard.cell(cell, lineOf(cell));
      if (!cell.ok) await restoreMove(arena, row, first + at);
    }
    return cells;
  },
};
