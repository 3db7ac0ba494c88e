import type { Drill } from "../drill.ts";
import { fullDisk, machineDead, machineFrozen, networkCut, registryDown } from "./machines.ts";
import { twoOperators } from "./people.ts";
import { badRelease, flapping, migrationFails, migrationHangs, outOfMemory, slowStart } from "./releases.ts";

/** In the order in which one would play them. */
export const drills: readonly Drill[] = [
  badRelease, slowStart, flapping, outOfMemory, migrationFails, migrationHangs,
  fullDisk, registryDown, machineFrozen, machineDead, networkCut, twoOperators,
];
