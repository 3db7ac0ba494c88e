/** bin/lab: declares the verbs, prints errors, sets exit codes. */
import yargs, { type Argv } from "yargs";
import { machineFaults, registryFaults, storageFaults } from "./faults/machine.ts";
import { LabError } from "./commands/errors.ts";
import { openOutput } from "./commands/output.ts";
import { labDirectory } from "./commands/place.ts";

const directory = labDirectory();
const yes = { type: "boolean", default: false, describe: "Don't ask" } as const;

async function main(): Promise<number> {
  let code = 0;
  const parser = yargs(process.argv.slice(2))
    .scriptName("bin/lab")
    .usage("A Hetzner and Cloudflare cloud on this machine.\n\nUsage: $0 <verb>")
    .option("json", { type: "boolean", default: false, describe: "Print one JSON value instead of words" })
    .command(
      "up", "Start it, or bring it back",
      (y) => y.option("zone", { type: "string", array: true, default: [] as string[], describe: "Cloudflare zone to have, for example example.com" }),
      async (args) => (await import("./commands/up.ts")).up(directory, args.zone, openOutput(args.json)),
    )
    .command(
      "down", "Stop it and keep its state",
      (y) => y.option("purge", { type: "boolean", default: false, describe: "Delete everything it ever made" }).option("yes", yes),
      async (args) => (await import("./commands/down.ts")).down(directory, args, openOutput(args.json)),
    )
    .command(
      "reset", "Delete all cloud resources; the lab stays up",
      (y) => y.option("yes", yes).option("keep-state", { type: "boolean", default: false, describe: "Keep Pulumi's state of what is gone" }),
      async (args) => (await import("./commands/reset.ts")).reset(directory, { yes: args.yes, keepState: args.keepState }, openOutput(args.json)),
    )
    .command("status", "Process, servers, requests, memory; exit code 1 unless it is up", () => {}, async (args) => {
      code = await (await import("./commands/status.ts")).status(directory, openOutput(args.json as boolean));
    })
    .command("env", "What clients need, for eval in a shell", () => {}, async (args) => {
      const { environment, shellLines } = await import("./commands/env.ts");
      const values = environment(directory);
      console.log(args.json ? JSON.stringify(values, null, 2) : shellLines(values));
    })
    .command("fault", "Make something go wrong", faultCommands, () => {})
    .command(
      "logs", "What the lab's process wrote",
      (y) => y.option("follow", { alias: "f", type: "boolean", default: false }).option("lines", { alias: "n", type: "number", default: 50 }),
      async (args) => {
        code = await (await import("./commands/logs.ts")).logs(directory, args.lines, args.follow);
      },
    )
    .example("$0 up --zone example.com", "")
    .example('eval "$($0 env)"', "")
    .epilogue("Exit codes: 0 done, 1 failed, 2 wrong usage.")
    .demandCommand(1, "Say what to do: one of the verbs above.")
    .recommendCommands()
    .strict()
    .version(false)
    .wrap(110)
    .exitProcess(false)
    .fail((message, error) => {
      if (error) throw error;
      throw new UsageError(`${message}\nSee bin/lab --help`);
    });
  await parser.parseAsync();
  return code;
}

class UsageError extends Error {}

function faultCommands(y: Argv<{ json: boolean }>) {
  const times = { type: "number", describe: "How many times; default: until cleared" } as const;
  return y
    .command(
      "api <api>", "An API answers wrongly, late or not at all",
      (z) =>
        z
          .positional("api", { choices: ["hetzner", "cloudflare"] as const, demandOption: true })
          .option("method", { type: "string", default: "*", describe: "GET, POST, …" })
          .option("path", { type: "string", default: "/**", describe: "Glob below the API's base: /servers, /zones/*/dns_records" })
          .option("status", { type: "number", describe: "HTTP status to answer with, doing nothing" })
          .option("code", { type: "string", describe: "Error code in the answer" })
          .option("message", { type: "string" })
          .option("delay", { type: "number", describe: "Milliseconds to wait first" })
          .option("lose-answer", { type: "boolean", describe: "Do it, then hang up without an answer" })
          .option("retry-after", { type: "number", describe: "cloudflare: milliseconds, sent as Retry-After-Ms; Hetzner's clients read no such header" })
          .option("final", { type: "boolean", describe: "cloudflare: tell clients that a retry is no use; Hetzner's go by status and code" })
          .option("times", times)
          .check((args) => {
            if (args.status === undefined && args.delay === undefined && !args.loseAnswer) throw new UsageError("Say what goes wrong: --status, --delay or --lose-answer.");
            return true;
          }),
      async (args) => {
        const { addFault } = await import("./commands/fault.ts");
        const { api, method, path, status, code, message, loseAnswer, times } = args;
        const fault = { kind: "api" as const, api, method, path, status, code, message, loseAnswer, times, delayMs: args.delay, retryAfterMs: args.retryAfter, noRetry: args.final };
        await addFault(directory, fault, openOutput(args.json));
      },
    )
    .command(
      "placement", "Hetzner has no room for new servers",
      (z) => z.option("type", { type: "string", default: "*" }).option("location", { type: "string", default: "*" }).option("times", times),
      async (args) => {
        const { addFault } = await import("./commands/fault.ts");
        const { type, location, times } = args;
        await addFault(directory, { kind: "placement", type, location, times }, openOutput(args.json));
      },
    )
    .command(
      "machine <name> <fault>", "A server freezes, dies, is cut off, runs full or out of memory",
      (z) => z.positional("name", { type: "string", demandOption: true }).positional("fault", { choices: machineFaults, demandOption: true }),
      async (args) => (await import("./commands/fault.ts")).machineFault(directory, args.name, args.fault, openOutput(args.json)),
    )
    .command(
      "registry <fault>", "Hosts can pull nothing",
      (z) => z.positional("fault", { choices: registryFaults, demandOption: true }),
      async (args) => (await import("./commands/fault.ts")).registryFault(directory, args.fault, openOutput(args.json)),
    )
    .command(
      "storage <fault>", "Backups go nowhere: the object store is gone, or full",
      (z) => z.positional("fault", { choices: storageFaults, demandOption: true }),
      async (args) => (await import("./commands/fault.ts")).storageFault(directory, args.fault, openOutput(args.json)),
    )
    .command("list", "What is set", () => {}, async (args) => (await import("./commands/fault.ts")).listFaults(directory, openOutput(args.json as boolean)))
    .command(
      "clear [id]", "Take one fault away, or all",
      (z) => z.positional("id", { type: "number" }),
      async (args) => (await import("./commands/fault.ts")).clearFaults(directory, args.id, openOutput(args.json)),
    )
    .demandCommand(1, "Say which fault: api, placement, machine, registry, storage, list or clear.");
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UsageError) console.error(`lab: ${error.message}`);
  // A program that the lab ran and that failed: its command and what it printed say more than our stack.
  else if (error instanceof LabError || (error as { shortMessage?: string }).shortMessage) console.error(`lab: ${(error as Error).message}`);
  else console.error(error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
