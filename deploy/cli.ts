/** The operator's program: reads the arguments, runs one verb, prints what went wrong, exits. Nothing else exits. */
import { dirname } from "node:path";
import { ModelError, formatFaults } from "../model/faults.ts";
import type { Arguments, Verb } from "./commands/verb.ts";
import { verbs } from "./commands/verbs.ts";
import { readEnvironment } from "./environment.ts";
import { exitCode, UserError } from "./errors.ts";
import { parser } from "./parser.ts";
import { machineReport } from "./report/machines.ts";
import { isLive, peopleReport } from "./report/people.ts";

const root = dirname(import.meta.dirname);

async function main(argv: readonly string[]): Promise<number> {
  let chosen: { verb: Verb; args: Arguments } | undefined;
  const json = argv.includes("--json");
  try {
    await parser(argv, verbs, (verb, args) => { chosen = { verb, args }; }).parseAsync();
    if (!chosen) return exitCode.ok; // --help
    return await run(chosen.verb, chosen.args);
  } catch (error) {
    return explain(error, json);
  }
}

async function run(verb: Verb, args: Arguments): Promise<number> {
  const live = isLive(process.stdout, process.env);
  const report = args.json ? machineReport((line) => process.stdout.write(`${line}\n`)) : await peopleReport(process.stdout, live);
  // A live view draws over what others write into the terminal.
  const stop = stopSignal(live && !args.json ? (text) => report.text(text) : (text) => process.stderr.write(`\n${text}\n`));
  // What verbs lean on is most of the program: help and wrong usage are said without it.
  const { openContext } = await import("./context.ts");
  const context = openContext({ root, environment: readEnvironment(process.env), report, signal: stop });
  try {
    const handler = await verb.load();
    return await handler(context, args);
  } finally {
    report.close?.();
    await context.close();
  }
}

/** First Ctrl-C: finish or undo the step in hand, give back the lock. Second: leave at once; the lock expires by itself. */
function stopSignal(say: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(exitCode.failed);
    say("Stopping: the step in hand is finished or undone. Once more leaves at once.");
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}

function explain(error: unknown, json: boolean): number {
  if (error instanceof ModelError) {
    if (json) process.stdout.write(`${JSON.stringify({ error: { message: "hosting.yaml or customers.yaml is not sound", faults: error.faults } })}\n`);
    else process.stderr.write(`${formatFaults(error.faults)}\n`);
    return exitCode.usage;
  }
  if (error instanceof UserError) {
    if (json) process.stdout.write(`${JSON.stringify({ error: { message: error.message, hint: error.hint ?? null, code: error.code } })}\n`);
    else process.stderr.write(`deploy: ${error.message}\n${error.hint ? `  → ${error.hint}\n` : ""}`);
    return error.code;
  }
  process.stderr.write(`deploy: this is a bug; please report it with these lines\n${error instanceof Error ? error.stack : String(error)}\nNode ${process.version}, ${process.platform}\n`);
  return exitCode.bug;
}

// `deploy status | head` is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => { if (error.code === "EPIPE") process.exit(exitCode.ok); else throw error; });
process.exitCode = await main(process.argv.slice(2));
// Whatever a broken connection left behind must not keep the program from ending.
if (process.exitCode !== undefined) setTimeout(() => process.exit(), 500).unref();
