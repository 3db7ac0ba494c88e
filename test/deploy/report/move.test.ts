/** A move as people see it: in a log, on a terminal, and how it ended. */
import { describe, expect, it } from "vitest";
import { plainReport } from "../../../deploy/report/plain.ts";
import { follow, newProgress } from "../../../deploy/report/progress.ts";
import { moveSummaryLines } from "../../../deploy/report/move-summary.ts";
import { viewLines } from "../../../deploy/report/view.ts";
import { moveRecording } from "./recording.ts";
import { moved } from "./summaries.ts";

it("in a log", () => {
  const lines: string[] = [];
  let at = 0;
  const report = plainReport((text) => lines.push(text.trimEnd()), () => at * 1000);
  for (const [second, event] of moveRecording) {
    at = second;
    report.event(event);
  }
  expect(lines).toEqual([
    "acme     move shared → acme", "acme     … replicate: 3 of 8 tables", "acme     ✓ replicate 8 tables 5.0 s",
    "Done: move acme (shared → acme): acme serves. 42 s",
    "  moved    8 tables, 1200 rows, 3 MB; every row and file compared",
    "  held     9 ms (hold 2.1, compare 1.1)",
    "  outside  168 requests, 0 failed; longest answer 31 ms, usual 28 ms (99 %); longest time without one 262 ms",
    "Next: deploy move finish acme, from tomorrow",
  ]);
});

it("on a terminal the customer has one line, and at the end none", () => {
  const progress = newProgress();
  const seen = moveRecording.map(([second, event]) => {
    follow(progress, event, second * 1000);
    return viewLines(progress, { columns: 80, rows: 24 }, (second + 1) * 1000, (_, text) => text);
  });
  expect(seen).toEqual([["acme"], ["acme     … replicate 1 s"], ["acme     … replicate 3 s  3 of 8 tables"], ["acme     ✓ replicate 5.0 s"], []]);
});

describe("how it ended", () => {
  it("a failure says what became of it, where the customer is and what to type", () => {
    expect(moveSummaryLines({
      ...moved, ok: false, serving: "shared", rows: 0, holdMilliseconds: null, probe: null, next: "deploy move run acme",
      failure: { step: "replicate", reason: "acme: the copy of public.orders stopped\nduplicate key", undone: "shared serves acme as before", hint: "deploy move abort acme" },
    })).toEqual([
      "Failed: move acme (shared → acme): shared serves. 42 s", "  failed   replicate: acme: the copy of public.orders stopped", "           duplicate key",
      "  now      shared serves acme as before", "  hint     deploy move abort acme", "  journal  deploy history show 20260501110000-abc123", "Next: deploy move run acme",
    ]);
  });

  it("failed requests are named", () => {
    expect(moveSummaryLines({ ...moved, probe: { ...moved.probe!, failed: 2, failures: ["2 × status 503"] } }).find((line) => line.includes("✗"))).toBe("           ✗ 2 × status 503");
  });

  it("when nobody knows where it is served, that is said", () => {
    expect(moveSummaryLines({ ...moved, ok: false, serving: null })[0]).toBe("Failed: move acme (shared → acme): where it is served is not known. 42 s");
  });
});
