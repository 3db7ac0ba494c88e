/** One customer is taken back by a minute while the others of its database work; then their host is destroyed with its disk, under load, and rebuilt by one command. */
import { loadavg } from "node:os";
import type { Options, Outcome } from "./main.ts";
import { takeBack } from "./restore/customer.ts";
import { rebuild } from "./restore/host.ts";
import { openScene } from "./restore/scene.ts";

export async function run(progress: (line: string) => void, { size = 1 }: Options): Promise<Outcome> {
  progress("bringing up a lab and a host that backs itself up …");
  const scene = await openScene(size);
  try {
    const load = [loadavg()[0]!];
    const customer = await takeBack(scene, progress);
    load.push(loadavg()[0]!);
    const host = await rebuild(scene, progress, size);
    load.push(loadavg()[0]!);
    return {
      rows: [...host.rows, ...customer.rows],
      notes: [...host.notes, ...customer.notes, `Load average during the run: ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}.`],
      figure: `${host.figure}; ${customer.figure}`,
    };
  } finally {
    await scene.clone.remove();
  }
}
