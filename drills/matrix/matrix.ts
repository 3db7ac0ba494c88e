/** What a table of faults and steps needs to be played by main.ts. */
import type { Site } from "../site/site.ts";
import type { TableCell, TableRow } from "./table.ts";

export interface MatrixOptions {
  /** Wait for dead owners' locks to expire, instead of setting their last sign of life back. */
  patient: boolean;
  /** Short requests a second and customer. */
  rate: number;
}

export interface Matrix {
  /** What each cell does and shows. */
  sentence: string;
  /** Hosts that its lab has, in words. */
  lab: string;
  rows: readonly TableRow[];
  columns: readonly string[];
  /** Of the cells of these rows and columns; `ready` when the lab is up. */
  play(site: Site, chosen: { rows: readonly string[]; columns: readonly string[] }, options: MatrixOptions, heard: { ready(): void; cell(cell: TableCell, line: string): void }): Promise<readonly TableCell[]>;
}

export type Entry<R extends TableRow = TableRow, S extends string = string> = { row: R; step: S; senseless?: string };

/** All cells of the chosen rows and columns, row by row. */
export const entries = <R extends TableRow, S extends string>(rows: readonly R[], columns: readonly S[]): Entry<R, S>[] =>
  rows.flatMap((row) => columns.map((step) => ({ row, step, senseless: row.senseless?.(step) })));
