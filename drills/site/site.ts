/** A copy of the project with a lab of its own: what drills, the matrix, tests and benches happen in. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute, type Result, type RunOptions } from "./command.ts";

const root = join(import.meta.dirname, "../..");

export interface Site {
  directory: string;
  /** What `bin/lab env` sets. */
  environment: Record<string, string>;
  /** Runs a command in the copy with the lab's environment; never throws for an exit code. */
  run(command: readonly string[], options?: RunOptions): Promise<Result>;
  /** Like run, but a non-zero exit code is an error that shows the output. */
  must(command: readonly string[], options?: Omit<RunOptions, "input">): Promise<string>;
  edit(file: string, change: (text: string) => string): void;
  /** Takes the lab and the copy away. */
  remove(): Promise<void>;
}

/** Copies what git knows and what is new, over what is there, and links the installed packages. */
export function copyProject(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"], { cwd: root, encoding: "utf8" });
  const files = listed.split("\0").filter((file) => file !== "" && existsSync(join(root, file)));
  execFileSync("bash", ["-c", 'tar --null -T - -cf - | tar -C "$0" -xf -', directory], { cwd: root, input: files.join("\0") });
  for (const folder of ["node_modules", "lab/node_modules", "app/node_modules"]) {
    if (!existsSync(join(directory, folder))) symlinkSync(join(root, folder), join(directory, folder));
  }
}

/** Brings up the lab of a copy, or finds it up. What was begun is taken away again when that fails. */
export async function openSite(directory: string, zones: readonly string[]): Promise<Site> {
  const environment: Record<string, string> = {};
  const site: Site = {
    directory,
    environment,
    run: (command, options) => execute(command, directory, environment, options),
    async must(command, options) {
      const { code, stdout, stderr } = await site.run(command, options);
      if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}\n${stdout}\n${stderr}`);
      return stdout;
    },
    edit(file, change) {
      const path = join(directory, file);
      writeFileSync(path, change(readFileSync(path, "utf8")));
    },
    async remove() {
      await site.run(["bin/lab", "down", "--purge", "--yes"]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await site.must(["bin/lab", "up", ...zones.flatMap((zone) => ["--zone", zone])]);
    Object.assign(environment, JSON.parse(await site.must(["bin/lab", "env", "--json"])));
  } catch (error) {
    await site.remove();
    throw error;
  }
  return site;
}
