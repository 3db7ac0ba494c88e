/** What failures do to a run. Pure. */
import type { Rollout } from "../../model/schema.ts";

export type OnFailure = Rollout["onFailure"];

/** Failed hosts that a run over so many hosts puts up with; a share is rounded down. */
export function mostFailures(maxFailures: Rollout["maxFailures"], hosts: number): number {
  return typeof maxFailures === "number" ? maxFailures : Math.floor(hosts * Number(maxFailures.slice(0, -1)) / 100);
}

/** `failed`: hosts that failed in the whole run so far. `halt` puts up with none. */
export function afterFailure({ onFailure, mostFailures }: { onFailure: OnFailure; mostFailures: number }, failed: number): "go-on" | "halt" | "revert" {
  if (failed === 0 || (onFailure !== "halt" && failed <= mostFailures)) return "go-on";
  return onFailure === "revert" ? "revert" : "halt";
}
