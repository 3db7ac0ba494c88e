/** Customers at work while a test does something. */
import { targetsOf } from "../../drills/traffic/road.ts";
import type { Summary } from "../../drills/traffic/tally.ts";
import { during, type Kind } from "../../drills/traffic/traffic.ts";
import type { Clone } from "./clone.ts";

/** `seconds`: how long a slow request and an upload take. */
export function underLoad(clone: Clone, action: () => Promise<unknown>, kinds: readonly Kind[] = ["short"], seconds = 6): Promise<Summary> {
  return during({ targets: targetsOf(clone.directory), environment: clone.environment, rate: 5, kinds, seconds }, action);
}
