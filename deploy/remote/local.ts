/** Runs commands on this machine, through the same shell text as on a host. */
import { $ } from "zx";
import type { Command } from "../host/command.ts";
import { DEFAULT_TIMEOUT, type Result, type RunOptions, type Runner } from "./runner.ts";
import { render } from "./shell.ts";

export class LocalRunner implements Runner {
  readonly host: string;
  readonly alive = true;
  readonly #directory: string | undefined;
  constructor(host = "this machine", directory?: string) {
    this.host = host;
    this.#directory = directory;
  }

  async run(command: Command, options: RunOptions = {}): Promise<Result> {
    const shell = $({
      input: options.stdin ?? "", nothrow: true, quiet: true, verbose: false,
      timeout: options.timeout ?? DEFAULT_TIMEOUT, ...(this.#directory ? { cwd: this.#directory } : {}),
    });
    const process = shell`sh -c ${render(command)}`;
    if (options.onOutput) {
      process.stdout.on("data", (chunk: Buffer) => options.onOutput?.(chunk.toString(), "stdout"));
      process.stderr.on("data", (chunk: Buffer) => options.onOutput?.(chunk.toString(), "stderr"));
    }
    const { exitCode, stdout, stderr, signal } = await process;
    return { code: exitCode ?? 1, stdout, stderr: signal ? `${stderr}ended by ${signal}` : stderr };
  }

  async close(): Promise<void> {}
}
