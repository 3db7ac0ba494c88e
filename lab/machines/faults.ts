/** What can be done to a machine that nobody would do on purpose. */
import { rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import pRetry from "p-retry";
import type { Lab } from "../context.ts";
import { memoryOf } from "../control/docker.ts";
import { docker, run, tryDocker } from "./command.ts";
import { containerName, diskMount } from "./names.ts";
import { applyFirewall, processOf } from "./plug.ts";
import type { Records } from "./records.ts";
import type { Machines } from "./types.ts";

type Faults = Pick<Machines, "freeze" | "thaw" | "cut" | "mend" | "fill" | "empty" | "starve" | "feed">;

/** What a starved machine may use beyond what it uses when it is starved. */
const crumbs = 16e6;

export function faults(lab: Lab, records: Records): Faults {
  // On the machine's disk, but in no folder that the machine sees.
  const filler = (id: number) => join(diskMount(lab, id), "filler");

  async function setCut(id: number, cut: boolean): Promise<void> {
    records.machines.change(id, { cut });
    const pid = await processOf(lab, id);
    if (pid !== undefined) await applyFirewall(records, id, pid);
  }

  async function setMemory(id: number, bytes: number): Promise<void> {
    await docker(["update", "--memory", String(Math.round(bytes)), "--memory-swap", String(Math.round(bytes)), containerName(lab, id)]);
  }

  return {
    async freeze(id) {
      // runc gives the kernel some tenths of a second to stop all of its processes; on a busy machine that may not do.
      await pRetry(() => docker(["pause", containerName(lab, id)]), { retries: 5, minTimeout: 200, factor: 1 });
    },
    async thaw(id) {
      await tryDocker(["unpause", containerName(lab, id)]);
    },
    cut: (id) => setCut(id, true),
    mend: (id) => setCut(id, false),
    async fill(id) {
      const { bfree, bsize } = await statfs(diskMount(lab, id));
      // Allocated, not written: takes no room of this machine's. The last blocks go to a file that is.
      await run("fallocate", ["--length", String(Math.max(bsize, (bfree - 2048) * bsize)), filler(id)], { mayFail: true });
      await run("dd", ["if=/dev/zero", `of=${filler(id)}.rest`, "bs=4096"], { mayFail: true });
    },
    async empty(id) {
      await Promise.all([filler(id), `${filler(id)}.rest`].map((file) => rm(file, { force: true })));
    },
    starve: async (id) => setMemory(id, (await memoryOf(containerName(lab, id))) + crumbs),
    feed: (id) => setMemory(id, records.machines.need(id).spec.memoryGigabytes * 1024 ** 3),
  };
}
