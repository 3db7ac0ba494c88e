/** Plays cells one after the other and brings the fleet back into order after a wrong one. */
import type { StepName } from "../../deploy/report/event.ts";
import type { Arena } from "./arena.ts";
import { ageLock } from "../site/inspect.ts";
import { ageOperations } from "../site/journal.ts";
import { type Cell, type CellOptions, playCell } from "./cell.ts";
import type { Row } from "./rows.ts";

export type Entry = { row: Row; step: StepName; senseless?: string };

/** All cells of the chosen rows and columns, row by row. */
export const entries = (rows: readonly Row[], columns: readonly StepName[]): Entry[] =>
  rows.flatMap((row) => columns.map((step) => ({ row, step, senseless: row.senseless?.(step) })));

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

/** Takes every fault away and brings all hosts to one sound release; throws when that can't be done. */
export async function restore({ site, machines, hosts, versions }: Arena): Promise<void> {
  await machines.registry("start");
  for (const host of hosts) {
    for (const fault of ["thaw", "start", "mend", "empty"] as const) await machines.fault(host, fault);
    machines.tell(host, null);
  }
  for (const host of hosts) await ageLock(machines, host, 90);
  await ageOperations(site, 90);
  await site.must(["bin/deploy", "update-all", versions.sound[0], "--yes"]);
}
