/** Which source a release was built from. */
import { mustRun, type Runner } from "../remote/runner.ts";

export interface Source { commit: string | null; dirty: boolean }

/** `commit` is null outside a git work tree. `dirty`: the context has changes that the commit does not hold. */
export async function sourceOf(runner: Runner, context: string): Promise<Source> {
  const head = await runner.run(["git", "-C", context, "rev-parse", "HEAD"]);
  if (head.code !== 0) return { commit: null, dirty: false };
  const changes = await mustRun(runner, "asking git for changes", ["git", "-C", context, "status", "--porcelain", "--", "."]);
  return { commit: head.stdout.trim(), dirty: changes.trim() !== "" };
}
