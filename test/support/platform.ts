/** Brings the example platform up in a clone: the stacks, and releases to roll. */
import type { Clone } from "./clone.ts";

export const stacks = ["shared", "helmex", "orion"];

export async function bringUp(clone: Clone, names = stacks): Promise<void> {
  for (const stack of names) {
    await clone.must(["pulumi", "stack", "init", stack]);
    await clone.must(["pulumi", "up", "-s", stack, "--yes", "--skip-preview", "--non-interactive"]);
  }
}

export async function build(clone: Clone, ...versions: string[]): Promise<void> {
  for (const version of versions) await clone.must(["bin/deploy", "release", "build", version]);
}

/** Seconds that an action takes. */
export async function seconds(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}
