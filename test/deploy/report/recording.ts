/** A rollout over two rings as its events tell it, with times: a lock that is held, a watch, a failure, the way back. Every type of event is in it. */
import type { Event, StepName } from "../../../deploy/report/event.ts";
import { erased, failed, host, moved, summaryOf } from "./summaries.ts";

/** Seconds since the beginning. */
export type Recorded = readonly [at: number, event: Event];

const steps = (name: string, from: number, ...taken: [step: StepName, seconds: number, detail?: string][]): Recorded[] => {
  let at = from;
  return taken.flatMap(([step, seconds, detail = null as string | null]): Recorded[] => {
    const began = at;
    at += seconds;
    return [[began, { type: "step-started", host: name, step }], [at, { type: "step-ended", host: name, step, outcome: "ok", seconds, detail }]];
  });
};

const census = [
  { host: "helmex", release: "v1", ok: true, detail: "serves 1 customer" }, { host: "shared", release: "v1", ok: true, detail: "serves 14 customers" },
  { host: "orion", release: null, ok: false, detail: "does not answer" },
];

export const recording: readonly Recorded[] = [
  [0, { type: "operation-started", operation: "20260501100000-abc123", verb: "update-all", release: "v2", hosts: 3, rings: 2, expectedSeconds: 100 }],
  [0, { type: "ring-started", ring: 1, of: 2, name: "canaries", hosts: ["helmex"] }],
  [0, { type: "host-started", host: "helmex", action: "update", from: "v1", to: "v2" }],
  [0, { type: "waiting", host: "helmex", for: "the lock of bob on ci (update v1)", seconds: 0 }],
  [5, { type: "waiting", host: "helmex", for: "the lock of bob on ci (update v1)", seconds: 5 }],
  ...steps("helmex", 6, ["lock", 0.1], ["preflight", 0.2], ["backup-check", 0.1, "3 h old"], ["pull", 2.14]),
  [8.6, { type: "step-started", host: "helmex", step: "migrate" }],
  [8.8, { type: "output", host: "helmex", step: "migrate", line: "\u001B[32mapplying\u001B[0m 0042_orders\r" }],
  [9, { type: "step-ended", host: "helmex", step: "migrate", outcome: "ok", seconds: 0.4, detail: null }],
  ...steps("helmex", 9, ["start", 0.2], ["gate-inside", 0.5], ["switch", 0.1], ["gate-outside", 0.4, "1/1"], ["steady", 2], ["drain", 0.1], ["unlock", 0.1]),
  [13, { type: "host-ended", result: host("helmex", "updated", { seconds: 13 }) }],
  [13, { type: "ring-ended", ring: 1 }],
  [13, { type: "bake-started", ring: 1, seconds: 60, hosts: ["helmex"] }],
  [18, { type: "bake-sample", ring: 1, secondsLeft: 55, hosts: [{ host: "helmex", requests: 120, errorPercent: 0, p95Seconds: 0.21, restarts: 0 }] }],
  [73, { type: "bake-sample", ring: 1, secondsLeft: 0, hosts: [{ host: "helmex", requests: 1400, errorPercent: 0.07, p95Seconds: 0.19, restarts: 0 }] }],
  [73, { type: "bake-ended", ring: 1, faults: [] }],
  [73, { type: "ring-started", ring: 2, of: 2, name: "rest", hosts: ["shared", "orion"] }],
  [73, { type: "host-started", host: "shared", action: "update", from: "v1", to: "v2" }],
  [73, { type: "note", host: "shared", message: "an image of 120 MB was pulled ahead" }],
  ...steps("shared", 73, ["pull", 0.1], ["start", 0.3]),
  [73.5, { type: "step-started", host: "shared", step: "gate-inside" }],
  [82, { type: "step-ended", host: "shared", step: "gate-inside", outcome: "failed", seconds: 8.5, detail: "x" }],
  [82, { type: "step-started", host: "shared", step: "undo" }],
  [83, { type: "step-ended", host: "shared", step: "undo", outcome: "ok", seconds: 1, detail: null }],
  [83, { type: "host-ended", result: failed }],
  [83, { type: "revert-started", hosts: ["helmex"] }],
  [83, { type: "host-started", host: "helmex", action: "revert", from: "v2", to: "v1" }],
  ...steps("helmex", 83, ["switch", 0.3]),
  [86, { type: "host-ended", result: host("helmex", "reverted", { seconds: 3 }) }],
  [87, { type: "census", hosts: census }],
  [87, { type: "operation-ended", summary: summaryOf({
    seconds: 87, onFailure: "revert", census, rings: [{ name: "canaries", hosts: ["helmex"] }, { name: "rest", hosts: ["shared", "orion"] }],
    hosts: [host("helmex", "reverted"), failed, host("orion", "not-reached", { seconds: 0 })],
    waiting: [{ host: "luna", until: "2026-05-03T00:00:00.000Z", reason: "window Sun 02:00 to 06:00 Europe/Berlin" }], next: "see `deploy logs shared`; fix, then `deploy update-all v2` continues",
  }) }],
  [88, { type: "note", host: null, message: "Slack was not told of the end: it answered 500" }],
  // Of a dry run, which has few others.
  [88, { type: "command", host: "shared", step: "pull", command: "docker pull x" }],
];

/** A move, which has events of its own. */
export const moveRecording: readonly Recorded[] = [
  [90, { type: "move-started", operation: "20260501110000-abc123", verb: "move", customer: "acme", release: "v1", from: "shared", to: "acme", expectedSeconds: null }],
  [90, { type: "move-step-started", customer: "acme", host: "acme", step: "replicate" }],
  [92, { type: "move-progress", customer: "acme", step: "replicate", text: "3 of 8 tables" }],
  [95, { type: "move-step-ended", customer: "acme", host: "acme", step: "replicate", outcome: "ok", seconds: 5, detail: "8 tables" }],
  [99, { type: "move-ended", summary: moved }],
];

export const lifeRecording: readonly Recorded[] = [
  [100, { type: "customer-started", operation: "20260501120000-abc123", verb: "erase", customer: "acme", host: "shared" }],
  [100, { type: "customer-step-started", customer: "acme", host: "shared", step: "export" }],
  [102, { type: "customer-progress", customer: "acme", step: "export", text: "8 MB of 12 MB" }],
  [103, { type: "customer-step-ended", customer: "acme", host: "shared", step: "export", outcome: "ok", seconds: 3, detail: "acme-1.tar" }],
  [109, { type: "customer-ended", summary: erased }],
];

/** A restore beside the living customer, and its end. */
export const restoreRecording: readonly (readonly [second: number, event: Event])[] = [
  [0, { type: "restore-started", operation: "20260501110000-abc123", verb: "restore customer", subject: "acme", host: "shared", at: "2026-05-01T10:00:00.000Z" }],
  [0, { type: "restore-step-started", subject: "acme", host: "shared", step: "database" }],
  [1, { type: "restore-progress", subject: "acme", step: "database", text: "at 2026-05-01 09:58:00" }],
  [5, { type: "restore-step-ended", subject: "acme", host: "shared", step: "database", outcome: "ok", seconds: 5, detail: "scratch-acme" }],
  [6, { type: "restore-ended", summary: {
    operation: "20260501110000-abc123", verb: "restore customer", subject: "acme", host: "shared", at: "2026-05-01T10:00:00.000Z", ok: true, stopped: false, failure: null, notes: [], seconds: 6, next: null,
    comparison: { tables: [{ table: "orders", now: 2, then: 3, comes: { rows: 1, keys: ["7"] }, goes: { rows: 0, keys: [] }, changes: { rows: 0, keys: [] } }], stays: ["jobs"], files: { now: 1, then: 1 } },
  } }],
];
