/** Keeps every customer of a clone at work while a test does something, and returns what the customers saw. */
import { targetsOf } from "../../drills/traffic/road.ts";
import type { Summary } from "../../drills/traffic/tally.ts";
import { during, type Kind } from "../../drills/traffic/traffic.ts";
import type { Clone } from "./clone.ts";

export function underLoad(clone: Clone, action: () => Promise<unknown>, kinds: readonly Kind[] = ["short"]): Promise<Summary> {
  return during({ targets: targetsOf(clone.directory), environment: clone.environment, rate: 5, kinds }, action);
}
