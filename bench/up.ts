/** How long `pulumi up` takes when nothing changed, and from a new dedicated customer in the file to its first 200. */
import { cloneWithLab } from "../test/support/clone.ts";
import { bringUp, build, seconds } from "../test/support/platform.ts";
import type { Outcome } from "./main.ts";

export async function run(progress: (line: string) => void): Promise<Outcome> {
  progress("bringing up a lab and the shared host …");
  const clone = await cloneWithLab("epica.com.tr");
  try {
    const first: number[] = [await seconds(() => bringUp(clone, ["shared"]))];
    await build(clone, "v1");
    await clone.must(["bin/deploy", "update", "shared", "v1", "--yes"]);
    const nothing: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      progress(`no-op up ${turn + 1} of 5`);
      nothing.push(await seconds(() => clone.must(["pulumi", "up", "-s", "shared", "--yes", "--skip-preview", "--non-interactive", "--expect-no-changes"])));
    }
    const host: number[] = [];
    const serving: number[] = [];
    for (const slug of ["helmex", "orion"]) {
      progress(`new dedicated customer ${slug}`);
      const started = performance.now();
      host.push(await seconds(() => bringUp(clone, [slug])));
      await clone.must(["bin/deploy", "update", slug, "v1", "--yes"]);
      await clone.must(["node", "bench/load.ts", "--only", slug, "--first"]);
      serving.push((performance.now() - started) / 1000);
    }
    const median = nothing.toSorted((a, b) => a - b)[2]!;
    return {
      rows: [
        { what: "first up of the shared host", values: first },
        { what: "up, nothing changed", values: nothing },
        { what: "up of a new dedicated host", values: host },
        { what: "new dedicated customer to its first 200", values: serving },
      ],
      figure: `no-op up ${median.toFixed(2)} s; new dedicated customer to its first 200 in ${Math.max(...serving).toFixed(1)} s`,
    };
  } finally {
    await clone.remove();
  }
}
