/** Runs programs for benchmarks: how long they took, what they printed and when. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Ran {
  seconds: number;
  stdout: string;
  /** Lines of standard output, each with the seconds since the start at which it came. */
  lines: { at: number; text: string }[];
  /** Most memory that the program itself had resident; 0 unless it was asked for. */
  peakMegabytes: number;
}

export interface RunOptions { directory: string; environment: Record<string, string>; input?: string; /** Watch its memory. */ memory?: boolean }

/** A non-zero exit code is an error that shows what was printed. */
export function run(command: readonly string[], { directory, environment, input = "", memory = false }: RunOptions): Promise<Ran> {
  const [program, ...words] = command;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const since = (): number => (performance.now() - started) / 1000;
    const child = spawn(program!, words, { cwd: directory, env: { ...process.env, ...environment } });
    const lines: Ran["lines"] = [];
    let stdout = "";
    let stderr = "";
    let rest = "";
    let peakMegabytes = 0;
    const watch = memory ? setInterval(() => { peakMegabytes = Math.max(peakMegabytes, peakOf(child.pid!)); }, 20) : undefined;
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
      clearInterval(watch);
      if (code === 0) resolve({ seconds: since(), stdout, lines, peakMegabytes });
      else reject(new Error(`${command.join(" ").slice(0, 300)} ended with ${code}\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`));
    });
    // A program that ended without reading its input is no fault of ours.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** The kernel's own high-water mark: it only grows, so what the last look finds is nearly all. */
function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it ended just now
  }
}
