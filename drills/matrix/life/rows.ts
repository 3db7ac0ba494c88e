/** The rows of the life matrix: what goes wrong, how it is made to and how it is mended. */
import type { Machines } from "../../site/machines.ts";
import type { Running } from "../../site/running.ts";
import type { TableRow } from "../table.ts";

export interface Scene { machines: Machines; host: string; running: Running }

export interface Row extends TableRow {
  /** `tool`: the fault ends the program; `host`: the host can't serve or be reached meanwhile. */
  hits: "tool" | "host";
  strike(scene: Scene): Promise<void>;
  /** Also when the fault never came. */
  heal(scene: Omit<Scene, "running">): Promise<void>;
}

const fault = (name: string, begin: "kill" | "cut", end: "start" | "mend"): Row => ({
  name, hits: "host", strike: ({ machines, host }) => machines.fault(host, begin), heal: ({ machines, host }) => machines.fault(host, end),
});

export const rows: readonly Row[] = [
  { name: "kill-9", hits: "tool", strike: async ({ running }) => running.signal("SIGKILL"), heal: async () => {} },
  fault("host-dead", "kill", "start"),
  fault("host-cut", "cut", "mend"),
];
