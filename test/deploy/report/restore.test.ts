/** A restore as people see it. */
import { expect, it } from "vitest";
import { plainReport } from "../../../deploy/report/plain.ts";
import { restoreSummaryLines } from "../../../deploy/report/restore-summary.ts";
import type { RestoreSummary } from "../../../deploy/report/restore-event.ts";

const none = { rows: 0, keys: [] };
const summary: RestoreSummary = {
  operation: "20260501110000-abc123", verb: "restore customer", subject: "acme", host: "shared", at: "2026-05-01T10:00:00.000Z", ok: true, stopped: false, failure: null, notes: [], seconds: 42,
  comparison: {
    tables: [
      { table: "orders", now: 296, then: 305, comes: { rows: 10, keys: ["1", "2", "3", "4", "5", "6"] }, goes: { rows: 1, keys: ["5000"] }, changes: none },
      { table: "order_items", now: 7, then: 7, comes: none, goes: none, changes: { rows: 1, keys: ["3"] } }, { table: "users", now: 2, then: 2, comes: none, goes: none, changes: none },
    ],
    stays: ["usage_hours"], files: { now: 3, then: 4 },
  },
  next: "deploy restore customer acme --in-place",
};

it("says what would come, go and change", () => {
  expect(restoreSummaryLines(summary)).toEqual([
    "Done: restore customer acme on shared to 2026-05-01T10:00:00.000Z. 42 s",
    "  orders       296 now, 305 then: 10 come (1, 2, 3, 4, 5, …), 1 goes (5000)",
    "  order_items  7 now, 7 then: 1 changes (3)",
    "  as it was: users", "  files: 3 now, 4 then", "  not in archives, stays: usage_hours",
    "Next: deploy restore customer acme --in-place",
  ]);
});

it("in a log, with its failure", () => {
  const lines: string[] = [];
  const report = plainReport((text) => lines.push(text.trimEnd()), () => 0);
  report.event({ type: "restore-started", operation: "o", verb: "restore in place", subject: "acme", host: "shared", at: summary.at });
  report.event({ type: "restore-step-started", subject: "acme", host: "shared", step: "keep" });
  report.event({ type: "restore-progress", subject: "acme", step: "keep", text: "half" });
  report.event({ type: "restore-step-ended", subject: "acme", host: "shared", step: "keep", outcome: "ok", seconds: 2, detail: "12 rows" });
  report.event({ type: "restore-ended", summary: { ...summary, verb: "restore in place", ok: false, comparison: null, next: "again", failure: { step: "import", reason: "shared: importing failed\nno room", undone: "acme goes on with what it had" } } });
  expect(lines).toEqual([
    "acme     restore in place on shared to 2026-05-01T10:00:00.000Z", "acme     … keep: half", "acme     ✓ keep 12 rows 2.0 s",
    "Failed: restore in place acme on shared to 2026-05-01T10:00:00.000Z. 42 s", "  failed   import: shared: importing failed", "           no room", "  now      acme goes on with what it had",
    "  journal  deploy history show 20260501110000-abc123", "Next: again",
  ]);
});
