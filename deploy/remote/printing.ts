/** Runs nothing: notes what would be run and answers with what each command's caller assumes. Dry runs and transcripts. */
import type { Command } from "../host/command.ts";
import type { Result, RunOptions, Runner } from "./runner.ts";
import { readable } from "./shell.ts";

export class PrintingRunner implements Runner {
  readonly host: string;
  readonly alive = true;
  readonly #print: (line: string) => void;
  constructor(host: string, print: (line: string) => void) {
    this.host = host;
    this.#print = print;
  }

  async run(command: Command, options: RunOptions = {}): Promise<Result> {
    this.#print(`${readable(command)}${options.stdin === undefined ? "" : "  (with standard input)"}`);
    return { code: 0, stdout: options.assume ?? "", stderr: "" };
  }

  async close(): Promise<void> {}
}
