/** npm run matrix -- rollout: strikes a rollout of three hosts at every step with every fault, on a lab of its own. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import yargs from "yargs";
import type { StepName } from "../../deploy/report/event.ts";
import { copyProject, openSite } from "../site/site.ts";
import { raiseArena } from "./arena.ts";
import { entries, needed, playAll } from "./play.ts";
import { columns as allColumns, rows as allRows } from "./rows.ts";
import { reasons, table } from "./table.ts";

const list = (name: string, known: readonly string[]) => ({
  type: "string" as const,
  describe: `${name}, with commas: ${known.join(", ")}`,
  coerce: (given: string | undefined): string[] | undefined => {
    const names = given?.split(",");
    const unknown = names?.find((one) => !known.includes(one));
    if (unknown) throw new Error(`there is no ${unknown}; there are: ${known.join(", ")}`);
    return names;
  },
});

const names = allRows.map(({ name }) => name);
const options = await yargs(process.argv.slice(2))
  .scriptName("npm run matrix --")
  .usage("$0 rollout [options]\n\nEach cell: strike when the step begins, mend, run again; then every host is on the release, every customer is answered, no lock is left, the journal has no open end.")
  .option("rows", list("only these faults", names))
  .option("columns", list("only these steps", allColumns))
  .option("only", { type: "string", describe: "one cell, FAULT:STEP" })
  .option("patient", { type: "boolean", default: false, describe: "wait for the locks of the dead to expire instead of setting their last sign of life back" })
  .option("rate", { type: "number", default: 3, describe: "requests a second, for each customer" })
  .option("site", { type: "string", describe: "folder whose lab is used, or made, and left as it is for the next time" })
  .option("json", { type: "boolean", default: false, describe: "print one JSON value a cell" })
  .demandCommand(1, 1, "say which matrix: rollout")
  .check(({ _: [name] }) => name === "rollout" || `there is no matrix ${name}; there is: rollout`)
  .strictOptions()
  .parse();

const [onlyRow, onlyStep] = options.only?.split(":") ?? [];
const rows = allRows.filter(({ name }) => onlyRow ? name === onlyRow : options.rows?.includes(name) ?? true);
const columns = allColumns.filter((step) => onlyStep ? step === onlyStep : (options.columns as StepName[] | undefined)?.includes(step) ?? true);
if (rows.length === 0 || columns.length === 0) throw new Error(`there is no cell ${options.only}; faults: ${names.join(", ")}; steps: ${allColumns.join(", ")}`);

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const began = performance.now();
const directory = options.site ? resolve(options.site) : mkdtempSync(join(tmpdir(), "etage-matrix-"));
copyProject(directory);
say(`bringing up a lab and three hosts in ${directory} …`);
const site = await openSite(directory, ["epica.com.tr"]);
const leave = async (): Promise<void> => { if (!options.site) await site.remove(); };
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void leave().finally(() => process.exit(130)));
let wrong = 0;
try {
  const todo = entries(rows, columns);
  const arena = await raiseArena(site, needed(todo));
  say(`ready after ${Math.round((performance.now() - began) / 1000)} s`);
  const cells = await playAll(arena, todo, options, (cell) => {
    if (options.json) console.log(JSON.stringify(cell));
    say(`${cell.ok ? "✓" : "✗"} ${cell.row} at ${cell.step}  ${cell.seconds.toFixed(1)} s, ${cell.seen.traffic.sent} requests${cell.seen.traffic.failed > 0 ? `, ${cell.seen.traffic.failed} failed on ${cell.seen.victim}` : ""}${cell.reached !== cell.step ? `; went on to ${cell.reached}` : ""}`);
    for (const line of cell.wrong) say(`    ${line}`);
  });
  wrong = cells.filter(({ ok }) => !ok).length;
  if (!options.json) console.log([table(rows, columns, cells), ...reasons(rows, columns)].join("\n"));
  (options.json ? say : console.log)(`${cells.length - wrong} of ${cells.length} cells are right, in ${Math.round((performance.now() - began) / 60_000)} minutes`);
} finally {
  await leave();
}
process.exit(wrong === 0 ? 0 : 1);
