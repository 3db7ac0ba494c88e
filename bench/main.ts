/**
 * Runs one benchmark by name and prints a table and, as the last line, its figure. `--json` prints one object instead.
 * Benchmarks bring up a lab of their own in a temporary copy and remove it; quote ratios of one run, machines differ.
 */
import Table from "cli-table3";
import yargs from "yargs";

export interface Row {
  what: string;
  /** Seconds, or any number with its unit in `unit`. */
  values: number[];
  unit?: string;
}

export interface Outcome {
  rows: Row[];
  /** One sentence with the number that counts. */
  figure: string;
}

const benches: Record<string, () => Promise<{ run(progress: (line: string) => void): Promise<Outcome> }>> = {
  check: () => import("./check.ts"),
  up: () => import("./up.ts"),
  update: () => import("./update.ts"),
};

const { _: [name], json } = await yargs(process.argv.slice(2))
  .usage("npm run bench -- NAME [--json]")
  .option("json", { type: "boolean", default: false })
  .strictOptions()
  .parse();

const load = benches[String(name)];
if (!load) {
  console.error(`bench: ${name === undefined ? "no benchmark named" : `no benchmark '${name}'`}; there are: ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}

const { run } = await load();
const { rows, figure } = await run((line) => console.error(line));
if (json) {
  console.log(JSON.stringify({ name, rows, figure }));
} else {
  const table = new Table({ head: ["", "median", "min", "max", "runs"], style: { head: [], border: [] }, colAligns: ["left", "right", "right", "right", "right"] });
  for (const { what, values, unit = "s" } of rows) {
    const sorted = values.toSorted((a, b) => a - b);
    const show = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`;
    table.push([what, show(sorted[Math.floor(sorted.length / 2)]!), show(sorted[0]!), show(sorted.at(-1)!), sorted.length]);
  }
  console.log(table.toString());
  console.log(figure);
}
