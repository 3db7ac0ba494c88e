/** Hurts everything that a backup is made of, in every way, and lets the host prove its backups. */
import { HOST, raisePlatform } from "../../backup/platform.ts";
import { prove, proveDamaged } from "../../backup/prove.ts";
import { damages, type Damage, type Thing, things } from "../../backup/store.ts";
import { entries, type Matrix } from "../matrix.ts";
import type { TableCell, TableRow } from "../table.ts";

const rows: TableRow[] = Object.keys(damages).map((name) => ({ name }));

export const backup: Matrix = {
  sentence: "Each cell: hurt this in the store, prove; the proof fails and names it, `backup status` says so. It is put right again, and at the end all is proved.",
  lab: "one shared host with an object store", rows, columns: things,
  async play(site, chosen, _options, heard) {
    const stacks = JSON.parse(await site.must(["pulumi", "stack", "ls", "--json"])) as unknown[];
    if (stacks.length === 0) await raisePlatform(site, "m-one", "");
    heard.ready();
    const cells: TableCell[] = [];
    for (const { row, step } of entries(rows.filter(({ name }) => chosen.rows.includes(name)), chosen.columns)) {
      const began = performance.now();
      // What was hurt may have been the newest: each cell hurts what is newest now.
      const { proof, wrong } = await proveDamaged(site, HOST, step as Thing, row.name as Damage);
      const cell = { row: row.name, step, ok: wrong.length === 0, wrong, seconds: (performance.now() - began) / 1000 };
      cells.push(cell);
      heard.cell(cell, proof.detail.slice(0, 200));
    }
    const { code, detail } = await prove(site, HOST);
    if (code !== 0) throw new Error(`put right again, the backups can't be proved: ${detail}`);
    return cells;
  },
};
