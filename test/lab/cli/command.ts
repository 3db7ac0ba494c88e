/** Runs programs for the tests of bin/lab. */
import { execFile } from "node:child_process";
import { join } from "node:path";

export const program = join(import.meta.dirname, "../../../bin/lab");

export interface Result {
  code: number;
  out: string;
  err: string;
}

/** Never throws for an exit code; standard input is empty. */
export function run(command: string, args: string[], environment: Record<string, string> = {}): Promise<Result> {
  return new Promise((done) => {
    const child = execFile(command, args, { env: { ...process.env, ...environment } }, (error, out, err) => {
      done({ code: error ? (typeof error.code === "number" ? error.code : 1) : 0, out, err });
    });
    child.stdin?.end();
  });
}

/** bin/lab with its state in `directory`. */
export function lab(directory: string, ...args: string[]): Promise<Result> {
  return run(program, args, { ETAGE_LAB_DIRECTORY: directory });
}

/** The same with --json, read. */
export async function json(directory: string, ...args: string[]): Promise<any> {
  const { out, err } = await lab(directory, ...args, "--json");
  if (out === "") throw new Error(`bin/lab ${args.join(" ")} printed nothing: ${err}`);
  return JSON.parse(out);
}
