/**
 * Runs one benchmark by name and prints a table and, as the last line, its figure. `--json` prints one object instead.
 * Benchmarks work in a temporary copy, with a lab of their own where they need one, and remove it, also after Ctrl-C.
 * Quote ratios of one run, machines differ.
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
  /** Sentences that a reader of the rows must know. */
  notes?: string[];
  /** One sentence with the number that counts. */
  figure: string;
}

/** What was asked for; each benchmark has numbers of its own for what was not. */
export interface Options {
  rounds?: number;
  /** Milliseconds of a round trip. */
  delay?: number;
  peers: boolean;
  /** Share of the full size. */
  size?: number;
}

const benches: Record<string, () => Promise<{ run(progress: (line: string) => void, options: Options): Promise<Outcome> }>> = {
  check: () => import("./check.ts"),
  customers: () => import("./customers.ts"),
  fleet: () => import("./fleet.ts"),
  move: () => import("./move.ts"),
  restore: () => import("./restore.ts"),
  strategies: () => import("./strategies.ts"),
  up: () => import("./up.ts"),
  update: () => import("./update.ts"),
};

const { _: [name], json, ...options } = await yargs(process.argv.slice(2))
  .usage("npm run bench -- NAME [--rounds N] [--delay MS] [--peers] [--size SHARE] [--json]")
  .option("rounds", { type: "number", describe: "How often each thing is measured" })
  .option("delay", { type: "number", describe: "Round trip to the hosts in milliseconds, where the benchmark has one; 0: none" })
  .option("peers", { type: "boolean", default: false, describe: "Measure how others do it too" })
  .option("size", { type: "number", describe: "Share of rows, files and load, where the benchmark has much of them; 1: all" })
  .option("json", { type: "boolean", default: false, describe: "Print one JSON object" })
  .strictOptions()
  .parse();

const load = benches[String(name)];
if (!load) {
  console.error(`bench: ${name === undefined ? "no benchmark named" : `no benchmark '${name}'`}; there are: ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}

// The programs that a benchmark runs get the signal as well and end; what is left is tidied up then.
let stopped = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (!stopped) console.error("bench: stopping; the lab is being removed …");
    stopped = true;
  });
}
const progress = (line: string): void => {
  if (stopped) throw new Error("stopped");
  console.error(line);
};

const { run } = await load();
const { rows, notes = [], figure } = await run(progress, options).catch((error: unknown) => {
  if (!stopped) throw error;
  console.error("bench: stopped, and everything removed");
  process.exit(130);
});
if (json) {
  console.log(JSON.stringify({ name, rows, notes, figure }));
} else {
  // Without lines between rows: there are many.
  const table = new Table({ head: ["", "median", "min", "max", "runs"], style: { head: [], border: [] }, colAligns: ["left", "right", "right", "right", "right"], chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" } });
  for (const { what, values, unit = "s" } of rows.filter((row) => row.values.length > 0)) {
    const sorted = values.toSorted((a, b) => a - b);
    const show = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`.trim();
    table.push([what, show(sorted[Math.floor(sorted.length / 2)]!), show(sorted[0]!), show(sorted.at(-1)!), sorted.length]);
  }
  console.log(table.toString());
  for (const note of notes) console.log(note);
  console.log(figure);
}
