/** Runs programs of a project's copy in its lab's environment. */
import { spawn } from "node:child_process";

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string;
  environment?: Record<string, string>;
  timeoutMs?: number;
}

/** Never throws for an exit code; 128 stands for an end by a signal. */
export function execute(command: readonly string[], cwd: string, environment: Record<string, string>, options: RunOptions = {}): Promise<Result> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment, ...options.environment };
    const child = spawn(program!, args, { cwd, env, timeout: options.timeoutMs ?? 600_000 });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => { stdout += chunk; });
    child.stderr.on("data", (chunk) => { stderr += chunk; });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 128, stdout, stderr }));
    // A program that ended without reading its input is no fault of the caller.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}
