/** Runs programs for benchmarks: how long they took, what they printed and when. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Ran {
  seconds: number;
  stdout: string;
  /** Lines of standard output, each with the seconds since the start at which it came. */
  lines: { at: number; text: string }[];
  /** What the program itself took, without its children; zeros unless it was asked for. `megabytes`: most that was resident. */
  used: Used;
}

export interface Used { megabytes: number; processorSeconds: number }

export interface RunOptions { directory: string; environment: Record<string, string>; input?: string; /** Watch what it takes. */ watch?: boolean }

/** A non-zero exit code is an error that shows what was printed. */
export function run(command: readonly string[], { directory, environment, input = "", watch = false }: RunOptions): Promise<Ran> {
  const [program, ...words] = command;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const since = (): number => (performance.now() - started) / 1000;
    const child = spawn(program!, words, { cwd: directory, env: { ...process.env, ...environment } });
    const lines: Ran["lines"] = [];
    let stdout = "";
    let stderr = "";
    let rest = "";
    let used: Used = { megabytes: 0, processorSeconds: 0 };
    const timer = watch ? setInterval(() => { used = usedBy(child.pid!) ?? used; }, 20) : undefined;
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
      clearInterval(timer);
      if (code === 0) resolve({ seconds: since(), stdout, lines, used });
      else reject(new Error(`${command.join(" ").slice(0, 300)} ended with ${code}\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`));
    });
    // A program that ended without reading its input is no fault of ours.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** Both only grow, so what the last look finds is nearly all. */
function usedBy(pid: number): Used | undefined {
  try {
    const megabytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
    // After the name, which may hold anything but ends with the last bracket: fields 14 and 15 of proc(5), in hundredths.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    return { megabytes, processorSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
  } catch {
    return undefined; // it ended just now
  }
}
