/** `pulumi up` for a stack, made when it is not there. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted, UserError } from "../errors.ts";
import { indent, lastLines } from "../remote/runner.ts";
import { explain, pulumi } from "./pulumi.ts";

export interface UpOptions {
  /** Holds Pulumi.yaml. */
  directory: string;
  /** File that its output goes to. */
  log: string;
  signal: AbortSignal;
  /** Told when another run holds the stack: for how many seconds it has been waited for. */
  waiting(seconds: number): void;
}

/** A run that was left behind by a dead program ends by itself within that time. */
const PATIENCE_SECONDS = 300;
const AGAIN_SECONDS = 5;
const LOCKED = /currently locked by|conflict: another update is currently in progress/i;

/** Throws UserError with what Pulumi said. Asked to stop, Pulumi is told to, and finishes what it has in hand. */
export async function up(stack: string, options: UpOptions): Promise<void> {
  await init(stack, options.directory);
  await runUntilFree(stack, ["up", "-s", stack, "--yes", "--skip-preview"], options, "be brought up");
}

/** Runs Pulumi on a stack, after whoever has it. `what`: what the stack could not, should it fail. */
export async function runUntilFree(stack: string, words: readonly string[], options: UpOptions, what: string): Promise<void> {
  const { signal, waiting } = options;
  for (let waited = 0; ; waited += AGAIN_SECONDS) {
    const { code, text } = await run([...words, "--non-interactive", "--color", "never"], options);
    if (code === 0) return;
    if (signal.aborted) throw new Interrupted();
    if (!LOCKED.test(text)) throw new UserError(`stack ${stack} could not ${what}\n${indent(lastLines(text, 25))}`, { hint: `pulumi ${words[0]} -s ${stack} tells more; what was done is kept` });
    if (waited >= PATIENCE_SECONDS) throw new UserError(`stack ${stack} is locked by another run of Pulumi\n${indent(lastLines(text, 8))}`, { hint: `if that one is dead: pulumi cancel -s ${stack} --yes` });
    waiting(waited);
    await sleep(AGAIN_SECONDS * 1000, undefined, { signal }).catch(() => { throw new Interrupted(); });
  }
}

/** Finds out which of a host's machine and disk are gone, so that `up` makes them anew. Nothing on the machine is asked. */
export async function refreshMachine(stack: string, options: UpOptions): Promise<void> {
  await init(stack, options.directory);
  const targets = ["Server", "ServerNetwork", "Volume", "VolumeAttachment"].flatMap((type) => ["--target", `**:${type}::${stack}`]);
  await runUntilFree(stack, ["refresh", "-s", stack, "--yes", "--skip-preview", ...targets], options, "be compared with the cloud");
}

async function init(stack: string, directory: string): Promise<void> {
  try {
    await pulumi(["stack", "init", "--no-select", stack], stack, directory);
  } catch (error) {
    if (!(error instanceof UserError && /already exists/i.test(error.message))) throw error;
  }
}

/** Its output goes to a file and it has a process group of its own: if this program dies, Pulumi ends what it began and gives back its lock. */
function run(words: readonly string[], { directory, log, signal }: UpOptions): Promise<{ code: number; text: string }> {
  mkdirSync(dirname(log), { recursive: true });
  const out = openSync(log, "w");
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", words, { cwd: directory, detached: true, stdio: ["ignore", out, out] });
    closeSync(out);
    const stop = (): void => { child.kill("SIGINT"); };
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    child.on("error", (error) => reject(explain(words[2]!, error, "")));
    child.on("close", (code) => {
      signal.removeEventListener("abort", stop);
      resolve({ code: code ?? 128, text: readFileSync(log, "utf8") });
    });
  });
}
