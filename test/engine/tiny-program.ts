/** A Pulumi program in a temporary folder with a backend of its own, run by the engine on PATH. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface Result {
  code: number | null;
  /** Standard output and error, in the order they came. */
  text: string;
}

export interface TinyProgram {
  folder: string;
  /** Added to this process's for every command. */
  environment: Record<string, string>;
  pulumi(...args: string[]): Promise<Result>;
  /** Like pulumi, but fails the test with everything that was said when the exit code is not 0. */
  must(...args: string[]): Promise<string>;
  /** Stack outputs, secrets in the clear. */
  outputs(stack: string): Promise<any>;
  write(source: string): void;
  remove(): void;
}

/** `source` becomes stacks/index.ts of project `tiny`. */
export function tinyProgram(source: string, environment: Record<string, string> = {}): TinyProgram {
  const folder = mkdtempSync(join(tmpdir(), "etage-engine-"));
  for (const name of ["stacks", "backend"]) mkdirSync(join(folder, name));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const write = (text: string) => writeFileSync(join(folder, "stacks/index.ts"), text);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  // The same settings as the project's own Pulumi.yaml.
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    "name: tiny\nruntime: { name: nodejs, options: { typescript: false } }\nmain: stacks/index.ts\nstackConfigDir: stacks\n",
  );
  write(source);

  const pulumi = (...args: string[]) =>
    new Promise<Result>((done, fail) => {
      const child = spawn("pulumi", ["--non-interactive", "--color=never", ...args], {
        cwd: folder,
        env: { ...process.env, PULUMI_BACKEND_URL: `file://${folder}/backend`, PULUMI_CONFIG_PASSPHRASE: "tiny", ...environment },
      });
      let text = "";
      child.stdout.on("data", (chunk) => (text += chunk));
      child.stderr.on("data", (chunk) => (text += chunk));
      child.on("error", fail);
      child.on("close", (code) => done({ code, text }));
    });
  const must = async (...args: string[]) => {
    const { code, text } = await pulumi(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${text}`);
    return text;
  };
  return {
    folder,
    environment,
    pulumi,
    must,
    outputs: async (stack) => JSON.parse(await must("stack", "output", "--json", "--show-secrets", "-s", stack)),
    write,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
