/** Plays cells of customers' lives, each with a customer of its own. */
import { entries, type Matrix } from "../matrix.ts";
import { raiseLifeArena } from "./arena.ts";
import { type LifeCell, playLifeCell } from "./cell.ts";
import { columnOf, columns } from "./columns.ts";
import { rows } from "./rows.ts";

const lineOf = ({ seen: { codes: [first], next, before, after, others } }: LifeCell): string => {
  const total = (list: Record<string, number>): number => Object.values(list).reduce((sum, amount) => sum + amount, 0);
  return `struck run ${first}; ${next}; ${total(before.rows)} → ${total(after.rows)} rows, ${before.files} → ${after.files} files; others' ${others[0] === others[1] ? "as they were" : "CHANGED"}`;
};

export const life: Matrix = {
  sentence: "Each cell: strike when the step begins, mend, end it by the same verb or by apply; then the customer is as the file says, its admin has a password, an erasure has one certificate that is right, a restore leaves what there was at its time and nothing of its scratch, and everybody else's rows and files have the same checksums.",
  lab: "one shared host; retirements make more", rows, columns: columns.map(({ name }) => name),
  async play(site, chosen, options, heard) {
    const todo = entries(rows.filter(({ name }) => chosen.rows.includes(name)), chosen.columns).map(({ row, step }) => ({ row, column: columnOf(step) }));
    const arena = await raiseLifeArena(site, { backups: todo.some(({ column }) => column.verb === "restore") });
    heard.ready();
    const cells: LifeCell[] = [];
    // Nobody else's, whoever played in this lab before.
    const first = Math.floor(Date.now() / 1000);
    for (const [at, { row, column }] of todo.entries()) {
      const cell = await playLifeCell(arena, row, column, `life-${first}-${at}`, options);
      cells.push(cell);
      heard.cell(cell, lineOf(cell));
    }
    return cells;
  },
};
