/** Runs programs for benchmarks: how long they took, what they printed and when. */
import { spawn } from "node:child_process";

export interface Ran {
  seconds: number;
  stdout: string;
  /** Lines of standard output, each with the seconds since the start at which it came. */
  lines: { at: number; text: string }[];
}

export interface RunOptions { directory: string; environment: Record<string, string>; input?: string }

/** A non-zero exit code is an error that shows what was printed. */
export function run(command: readonly string[], { directory, environment, input = "" }: RunOptions): Promise<Ran> {
  const [program, ...words] = command;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const since = (): number => (performance.now() - started) / 1000;
    const child = spawn(program!, words, { cwd: directory, env: { ...process.env, ...environment } });
    const lines: Ran["lines"] = [];
    let stdout = "";
    let stderr = "";
    let rest = "";
    child.stdout.on("data", (chunk: Buffer) => {
      const at = since();
      stdout += chunk;
      const parts = `${rest}${chunk}`.split("\n");
      rest = parts.pop()!;
      for (const text of parts) lines.push({ at, text });
    });
    child.stderr.on("data", (chunk) => { stderr += chunk; });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve({ seconds: since(), stdout, lines });
      else reject(new Error(`${command.join(" ").slice(0, 300)} ended with ${code}\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`));
    });
    // A program that ended without reading its input is no fault of ours.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
