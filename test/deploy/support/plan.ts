/** Plans for tables: what matters is given, the rest is plausible. */
import type { Plan, PlannedHost, PlannedRing, Waiting } from "../../../deploy/rollout/plan.ts";
import { v2 } from "./fleet.ts";

export const hostOf = (host: string, more: Partial<PlannedHost> = {}): PlannedHost =>
  ({ host, action: "update", reason: "from v1", place: "tier dedicated", from: "v1", backupAge: 3600, pullBytes: 42_000_000, expectedSeconds: 6, canary: [], ...more });

export const ringOf = (name: string, hosts: PlannedHost[], more: Partial<PlannedRing> = {}): PlannedRing => ({ name, concurrency: 1, bakeSeconds: 0, hosts, ...more });

export const waitingOf = (host: string, more: Partial<Waiting> = {}): Waiting =>
  ({ host, until: "2026-05-02T23:00:00.000Z", reason: "its window is sun 02:00–05:00 Europe/Istanbul", timeZone: "Europe/Istanbul", ...more });

export function planOf(more: Partial<Plan> = {}): Plan {
  return {
    format: 2, release: v2, onFailure: "halt", mostFailures: 0, rings: [], unchanged: [], waiting: [], skipped: [], refused: [], forbidden: null, migrations: [],
    prediction: { seconds: 12, calls: [{ service: "Hetzner", calls: 0, limit: "limit 3600 an hour" }, { service: "registry.example.com", calls: 3, limit: "no limit known" }] }, ...more,
  };
}
