/** Brings the example platform up in a site: the stacks, and releases to roll. */
import type { Site } from "./site.ts";

export const stacks = ["shared", "helmex", "orion"];

export async function bringUp(site: Site, names: readonly string[] = stacks): Promise<void> {
  for (const stack of names) {
    await site.must(["pulumi", "stack", "init", stack]);
    await site.must(["pulumi", "up", "-s", stack, "--yes", "--skip-preview", "--non-interactive"]);
  }
}

export async function build(site: Site, ...versions: string[]): Promise<void> {
  for (const version of versions) await site.must(["bin/deploy", "release", "build", version]);
}
