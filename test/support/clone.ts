/** A second copy of the project in a temporary folder, with a lab and stacks of its own, so that a test never touches the developer's. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Clone {
  directory: string;
  /** What `bin/lab env` sets. */
  environment: Record<string, string>;
  /** Runs a command in the clone with the lab's environment; never throws for an exit code. */
  run(command: string[], options?: { input?: string; environment?: Record<string, string>; timeoutMs?: number }): Promise<Result>;
  /** Like run, but a non-zero exit code is an error that shows the output. */
  must(command: string[], options?: { environment?: Record<string, string>; timeoutMs?: number }): Promise<string>;
  edit(file: string, change: (text: string) => string): void;
  remove(): Promise<void>;
}

/** Copies what git knows and what is new, links the installed packages, and brings up a lab in it. */
export async function cloneWithLab(zone: string): Promise<Clone> {
  const directory = mkdtempSync(join(tmpdir(), "etage-clone-"));
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"], { cwd: root, encoding: "utf8" });
  execFileSync("bash", ["-c", "xargs -0 -I{} sh -c 'test -e \"$1\" && printf \"%s\\0\" \"$1\"' _ {} | tar --null -T - -cf - | tar -C \"$0\" -xf -", directory], { cwd: root, input: files });
  for (const folder of ["node_modules", "lab/node_modules", "app/node_modules"]) symlinkSync(join(root, folder), join(directory, folder));

  const environment: Record<string, string> = {};
  const clone: Clone = {
    directory,
    environment,
    run: (command, options = {}) => execute(command, directory, { ...process.env as Record<string, string>, ...environment, ...options.environment }, options.input ?? "", options.timeoutMs ?? 600_000),
    async must(command, options) {
      const { code, stdout, stderr } = await clone.run(command, options);
      if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}\n${stdout}\n${stderr}`);
      return stdout;
    },
    edit(file, change) {
      const path = join(directory, file);
      writeFileSync(path, change(readFileSync(path, "utf8")));
    },
    async remove() {
      await clone.run(["bin/lab", "down", "--purge", "--yes"]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await clone.must(["bin/lab", "up", "--zone", zone]);
    Object.assign(environment, JSON.parse(await clone.must(["bin/lab", "env", "--json"])));
  } catch (error) {
    await clone.remove();
    throw error;
  }
  return clone;
}

function execute(command: string[], cwd: string, env: Record<string, string>, input: string, timeoutMs: number): Promise<Result> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { cwd, env, timeout: timeoutMs });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => { stdout += chunk; });
    child.stderr.on("data", (chunk) => { stderr += chunk; });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 128, stdout, stderr }));
    // A program that ended without reading its input is no fault of the test.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
