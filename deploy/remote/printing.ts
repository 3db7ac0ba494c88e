/** Runs nothing: notes what would be run and answers with what each command's caller assumes. Dry runs and transcripts. */
import type { Command, Stage } from "../host/command.ts";
import { formatStages, isStages } from "../host/stages.ts";
import type { Result, RunOptions, Runner } from "./runner.ts";
import { readable } from "./shell.ts";

export class PrintingRunner implements Runner {
  readonly host: string;
  readonly alive = true;
  readonly #print: (line: string, step: string | null) => void;
  /** `step`: the stage that the command belongs to, when it is one of several. */
  constructor(host: string, print: (line: string, step: string | null) => void) {
    this.host = host;
    this.#print = print;
  }

  async run(command: Command, options: RunOptions = {}): Promise<Result> {
    if (isStages(command)) return this.#runStages(command.stages);
    this.#print(line(command, options.stdin), null);
    return { code: 0, stdout: options.assume ?? "", stderr: "" };
  }

  #runStages(parts: readonly Stage[]): Result {
    for (const { name, command, input } of parts) this.#print(line(command, input), name);
    return { code: 0, ...formatStages(parts.map(({ name, assume }) => [name, { code: 0, stdout: assume ?? "" }])) };
  }

  async close(): Promise<void> {}
}

const line = (command: Command, input: string | undefined): string => `${readable(command)}${input ? "  (with standard input)" : ""}`;
