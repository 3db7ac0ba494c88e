/** What can be done to a machine that nobody would do on purpose. */
import type { Lab } from "../context.ts";
import { docker, tryDocker } from "./command.ts";
import { containerName } from "./names.ts";
import { applyFirewall, processOf } from "./plug.ts";
import type { Records } from "./records.ts";
import type { Machines } from "./types.ts";

export function faults(lab: Lab, records: Records): Pick<Machines, "freeze" | "thaw" | "cut" | "mend"> {
  async function setCut(id: number, cut: boolean): Promise<void> {
    records.machines.change(id, { cut });
    const pid = await processOf(lab, id);
    if (pid !== undefined) await applyFirewall(records, id, pid);
  }

  return {
    async freeze(id) {
      await docker(["pause", containerName(lab, id)]);
    },
    async thaw(id) {
      await tryDocker(["unpause", containerName(lab, id)]);
    },
    cut: (id) => setCut(id, true),
    mend: (id) => setCut(id, false),
  };
}
