/** npm run matrix -- rollout|move|life|backup: strikes at every step with every fault, on a lab of its own. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import yargs from "yargs";
import { copyProject, openSite } from "../site/site.ts";
import { entries, type Matrix } from "./matrix.ts";
import { backup } from "./backup/play.ts";
import { life } from "./life/play.ts";
import { move } from "./move/play.ts";
import { rollout } from "./play.ts";
import { reasons, table } from "./table.ts";

const matrices: Record<string, Matrix> = { rollout, move, life, backup };

const list = (name: string) => ({ type: "string" as const, describe: `${name}, with commas`, coerce: (given: string | undefined): string[] | undefined => given?.split(",") });
const options = await yargs(process.argv.slice(2))
  .scriptName("npm run matrix --")
  .usage(`$0 ${Object.keys(matrices).join("|")} [options]\n\n${Object.entries(matrices).map(([name, { sentence, rows, columns }]) => `${name}: ${sentence}\n  faults: ${rows.map((row) => row.name).join(", ")}\n  steps: ${columns.join(", ")}`).join("\n\n")}`)
  .option("rows", list("only these faults"))
  .option("columns", list("only these steps"))
  .option("only", { type: "string", describe: "one cell, FAULT:STEP" })
  .option("patient", { type: "boolean", default: false, describe: "wait for the locks of the dead to expire instead of setting their last sign of life back" })
  .option("rate", { type: "number", default: 3, describe: "requests a second, for each customer" })
  .option("site", { type: "string", describe: "folder whose lab is used, or made, and left as it is for the next time" })
  .option("json", { type: "boolean", default: false, describe: "print one JSON value a cell" })
  .demandCommand(1, 1, `say which matrix: ${Object.keys(matrices).join(" or ")}`)
  .check(({ _: [name], rows, columns }) => {
    const known = matrices[String(name)];
    if (!known) return `there is no matrix ${name}; there are: ${Object.keys(matrices).join(", ")}`;
    const unknown = rows?.find((one) => !known.rows.some((row) => row.name === one)) ?? columns?.find((one) => !known.columns.includes(one));
    return unknown === undefined || `there is no ${unknown}; faults: ${known.rows.map((row) => row.name).join(", ")}; steps: ${known.columns.join(", ")}`;
  })
  .strictOptions()
  .parse();

const matrix = matrices[String(options._[0])]!;
const [onlyRow, onlyStep] = options.only?.split(":") ?? [];
const rows = matrix.rows.filter(({ name }) => onlyRow ? name === onlyRow : options.rows?.includes(name) ?? true);
const columns = matrix.columns.filter((step) => onlyStep ? step === onlyStep : options.columns?.includes(step) ?? true);
if (rows.length === 0 || columns.length === 0) throw new Error(`there is no cell ${options.only}; faults: ${matrix.rows.map(({ name }) => name).join(", ")}; steps: ${matrix.columns.join(", ")}`);
if (entries(rows, columns).every(({ senseless }) => senseless !== undefined)) throw new Error(`no cell is left: ${reasons(rows, columns).join("; ")}`);

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const began = performance.now();
const directory = options.site ? resolve(options.site) : mkdtempSync(join(tmpdir(), "etage-matrix-"));
copyProject(directory);
say(`bringing up a lab and ${matrix.lab} in ${directory} …`);
const site = await openSite(directory, ["epica.com.tr"]);
const leave = async (): Promise<void> => { if (!options.site) await site.remove(); };
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void leave().finally(() => process.exit(130)));
let wrong = 0;
try {
  const cells = await matrix.play(site, { rows: rows.map(({ name }) => name), columns }, options, {
    ready: () => say(`ready after ${Math.round((performance.now() - began) / 1000)} s`),
    cell(cell, line) {
      if (options.json) console.log(JSON.stringify(cell));
      say(`${cell.ok ? "✓" : "✗"} ${cell.row} at ${cell.step}  ${cell.seconds.toFixed(1)} s, ${line}`);
      for (const each of cell.wrong) say(`    ${each}`);
    },
  });
  wrong = cells.filter(({ ok }) => !ok).length;
  if (!options.json) console.log([table(rows, columns, cells), ...reasons(rows, columns)].join("\n"));
  (options.json ? say : console.log)(`${cells.length - wrong} of ${cells.length} cells are right, in ${Math.round((performance.now() - began) / 60_000)} minutes`);
} finally {
  await leave();
}
process.exit(wrong === 0 ? 0 : 1);
