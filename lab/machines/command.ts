/** How the lab runs other programs: argument arrays, output captured, a failure throws with command and output in its message. */
import { execa } from "execa";

interface Options {
  /** Text for the program's standard input. */
  input?: string;
  /** true: a failure is an answer (undefined), not an error. */
  mayFail?: boolean;
  environment?: Record<string, string>;
  directory?: string;
}

/** Standard output without its last newline; undefined when it failed and was allowed to. */
export async function run(program: string, args: string[], options: Options & { mayFail: true }): Promise<string | undefined>;
export async function run(program: string, args: string[], options?: Options): Promise<string>;
export async function run(program: string, args: string[], options: Options = {}): Promise<string | undefined> {
  const result = await execa(program, args, {
    reject: !options.mayFail,
    ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
    ...(options.environment === undefined ? {} : { env: options.environment }),
  });
  return result.failed ? undefined : result.stdout;
}

export const docker = (args: string[], options: { input?: string } = {}): Promise<string> => run("docker", args, options);

/** As `docker`, but undefined when it fails: for questions, and for removing what may be gone already. */
export const tryDocker = (args: string[]): Promise<string | undefined> => run("docker", args, { mayFail: true });
