/** Which customers of a shared host get a release before the others. Pure. */
import { createHash } from "node:crypto";
import type { Host } from "../../model/fleet.ts";
import type { Rollout } from "../../model/schema.ts";

/**
 * Slugs, in the order of the host's list; [] on a dedicated host and without a canary. A share is rounded up, and its
 * customers are always the same ones: those with the smallest hashes among the active, so that a new customer changes
 * the choice by one at most. (A suspended one sees only its notice, and would prove little.)
 */
export function canaryOf(host: Pick<Host, "kind" | "customers">, canary: Rollout["canary"]): string[] {
  if (host.kind !== "shared" || !canary) return [];
  const active = host.customers.filter(({ status }) => status === "active").map(({ slug }) => ({ slug, lot: createHash("sha256").update(slug).digest("hex") }));
  const drawn = active.sort((a, b) => a.lot < b.lot ? -1 : 1).slice(0, Math.ceil(active.length * (canary.percent ?? 0) / 100));
  const chosen = new Set([...drawn.map(({ slug }) => slug), ...canary.customers ?? []]);
  return host.customers.map(({ slug }) => slug).filter((slug) => chosen.has(slug));
}
