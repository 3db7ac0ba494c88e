/** One thing after the other; what fails at a host leaves the rest that touches it, and nothing else. */
import { Interrupted, UserError } from "../errors.ts";

export interface Task {
  what: string;
  /** That it touches. */
  hosts: readonly string[];
  /** Resolves with whether it is done; why not, it has told. */
  run(): Promise<boolean>;
}

export interface TasksDone { done: string[]; left: string[]; /** The first that was thrown, for whoever says what came of it. */ fault: UserError | undefined }

/** `tell`: of every further fault. Throws bugs only. */
export async function runTasks(tasks: readonly Task[], signal: AbortSignal, tell: (line: string) => void): Promise<TasksDone> {
  const done: string[] = [];
  const left: string[] = [];
  const failed = new Set<string>();
  let fault: UserError | undefined;
  for (const { what, hosts, run } of tasks) {
    if (!signal.aborted && !(fault instanceof Interrupted) && !hosts.some((host) => failed.has(host))) {
      try {
        if (await run()) {
          done.push(what);
          continue;
        }
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        if (fault) tell(error.message);
        fault ??= error;
      }
      for (const host of hosts) failed.add(host);
    }
    left.push(what);
  }
  return { done, left, fault };
}
