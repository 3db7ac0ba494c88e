/** Customers at work while a test does something. */
import { targetsOf } from "../../drills/traffic/road.ts";
import type { Summary } from "../../drills/traffic/tally.ts";
import { tokensOf } from "../../drills/traffic/tokens.ts";
import { during, type Kind } from "../../drills/traffic/traffic.ts";
import type { Clone } from "./clone.ts";

/** `seconds`: how long a slow request and an upload take. */
export async function underLoad(clone: Clone, action: () => Promise<unknown>, kinds: readonly Kind[] = ["short"], seconds = 6): Promise<Summary> {
  const { directory, environment } = clone;
  const targets = targetsOf(directory);
  // Short requests go to pages that are open to all.
  const tokens = kinds.some((kind) => kind !== "short") ? await tokensOf(directory, environment, targets) : undefined;
  return await during({ targets, environment, tokens, rate: 5, kinds, seconds }, action);
}
