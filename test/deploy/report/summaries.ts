/** An operation that went half well, as the engine sums it up. */
import type { LifeSummary } from "../../../deploy/report/life-event.ts";
import type { HostOutcome, Summary } from "../../../deploy/report/event.ts";
import type { MoveSummary } from "../../../deploy/report/move-event.ts";

export const host = (name: string, outcome: HostOutcome["outcome"], more: Partial<HostOutcome> = {}): HostOutcome => ({ host: name, outcome, from: "v1", to: "v2", seconds: 6.2, ...more });

export const failed = host("shared", "failed", { seconds: 9,
  failure: { step: "gate-inside", reason: "shared: /health/ready answered 500: password=hidden\nits last log lines:\n  boom", undone: "v1 kept serving; v2 removed" } });

export const summaryOf = (changes: Partial<Summary> = {}): Summary => ({
  operation: "20260501100000-abc123", verb: "update-all", release: "v2", ok: false, seconds: 15.2, next: "fix", rings: [], skipped: [], waiting: [],
  onFailure: "halt", failures: 1, mostFailures: 0, census: null, stopped: false, hosts: [host("helmex", "updated"), failed, host("orion", "not-reached", { seconds: 0 })],
  ...changes,
});

export const moved: MoveSummary = {
  operation: "20260501110000-abc123", verb: "move", customer: "acme", from: "shared", to: "acme", ok: true, stopped: false, serving: "acme", tables: 8, rows: 1200, bytes: 3e6,
  holdMilliseconds: 9, parts: { hold: 2.1, compare: 1.1 }, failure: null, seconds: 42, next: "deploy move finish acme, from tomorrow",
  probe: { requests: 168, failed: 0, longestMilliseconds: 31, gapMilliseconds: 262, usualMilliseconds: 28, failures: [] },
};

export const erased: LifeSummary = {
  operation: "20260501120000-abc123", verb: "erase", customer: "acme", host: "shared", ok: true, stopped: false, failure: null,
  came: "13 rows, 2 files (3 MB)", certificate: ".etage/certificates/acme.json", seconds: 9, next: null,
};
