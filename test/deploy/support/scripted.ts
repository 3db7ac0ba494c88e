/** A runner that plays a host: answers by rule, else as a dry run would, and keeps the transcript. */
import type { Command } from "../../../deploy/host/command.ts";
import { HostUnreachable } from "../../../deploy/errors.ts";
import type { Result, RunOptions, Runner } from "../../../deploy/remote/runner.ts";
import { readable } from "../../../deploy/remote/shell.ts";

export interface Rule {
  when: RegExp;
  /** An answer, or "dead": the connection ends here. */
  answer: Partial<Result> | "dead";
  /** How often it holds; always when absent. */
  times?: number;
}

export class ScriptedRunner implements Runner {
  readonly host = "orion";
  alive = true;
  readonly transcript: string[] = [];
  readonly inputs: string[] = [];
  readonly #rules: Rule[];
  constructor(rules: Rule[]) {
    this.#rules = rules.map((rule) => ({ ...rule }));
  }

  async run(command: Command, options: RunOptions = {}): Promise<Result> {
    const text = readable(command);
    this.transcript.push(text);
    if (options.stdin) this.inputs.push(options.stdin);
    const rule = this.#rules.find(({ when, times }) => when.test(text) && times !== 0);
    if (rule?.times !== undefined) rule.times -= 1;
    if (rule?.answer === "dead") {
      this.alive = false;
      throw new HostUnreachable("orion does not answer any more: nothing heard for 12 s");
    }
    return { code: 0, stderr: "", stdout: options.assume ?? "", ...rule?.answer };
  }

  async close(): Promise<void> {}
}
