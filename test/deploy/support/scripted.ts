/** A runner that plays a host: answers by rule, else as a dry run would, and keeps the transcript. */
import type { Command } from "../../../deploy/host/command.ts";
import { HostUnreachable } from "../../../deploy/errors.ts";
import type { Result, RunOptions, Runner } from "../../../deploy/remote/runner.ts";
import { formatStages, isStages, STAGE_CODE } from "../../../deploy/host/stages.ts";
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
  #stopped = false;
  readonly #rules: Rule[];
  constructor(rules: Rule[]) {
    this.#rules = rules.map((rule) => ({ ...rule }));
  }

  /** Stages are answered one by one, until one fails or the host dies in it: what it had told by then has arrived. */
  async run(command: Command, options: RunOptions = {}): Promise<Result> {
    if (!isStages(command)) return this.#answer(command, options);
    const whole = { stdout: "", stderr: "" };
    const tell = (part: { stdout: string; stderr: string }): void => {
      for (const stream of ["stdout", "stderr"] as const) {
        whole[stream] += part[stream];
        options.onOutput?.(part[stream], stream);
      }
    };
    let failed = 0;
    for (const { name, command: own, input, assume, goOn } of command.stages) {
      if (this.#stopped && command.guard) {
        tell({ stdout: `\u001e!${name} ${STAGE_CODE.stopped}\n`, stderr: "" });
        failed = 1;
        break;
      }
      const begin = `\u001e<${name} 0\n`;
      tell({ stdout: begin, stderr: begin });
      const result = await this.run(own, { ...(input === undefined ? {} : { stdin: input }), ...(assume === undefined ? {} : { assume }) });
      const { stdout, stderr } = formatStages([[name, result]]);
      tell({ stdout: stdout.slice(begin.length), stderr: stderr.slice(begin.length) });
      failed = result.code !== 0 && !goOn ? 1 : 0;
      if (failed) break;
    }
    return { code: failed, ...whole };
  }

  async #answer(command: Command, options: RunOptions): Promise<Result> {
    const text = readable(command);
    if (text.startsWith("'<stop>'")) this.#stopped = true;
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
