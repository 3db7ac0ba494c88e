/** What is done about a customer as people see it: in a log, on a terminal, and how it ended. */
import { expect, it } from "vitest";
import { lifeSummaryLines } from "../../../deploy/report/life-summary.ts";
import { plainReport } from "../../../deploy/report/plain.ts";
import { follow, newProgress } from "../../../deploy/report/progress.ts";
import { viewLines } from "../../../deploy/report/view.ts";
import { lifeRecording } from "./recording.ts";
import { erased } from "./summaries.ts";

it("in a log", () => {
  const lines: string[] = [];
  let at = 0;
  const report = plainReport((text) => lines.push(text.trimEnd()), () => at * 1000);
  for (const [second, event] of lifeRecording) {
    at = second;
    report.event(event);
  }
  expect(lines).toEqual([
    "acme     … export: 8 MB of 12 MB", "acme     ✓ export acme-1.tar 3.0 s",
    "Done: erase acme: 13 rows, 2 files (3 MB). 9.0 s", "  certificate  .etage/certificates/acme.json",
  ]);
});

it("on a terminal each customer has one line, and none when it is done", () => {
  const progress = newProgress();
  const seen = lifeRecording.map(([second, event]) => {
    follow(progress, event, second * 1000);
    return viewLines(progress, { columns: 80, rows: 24 }, (second + 1) * 1000, (_, text) => text);
  });
  expect(seen).toEqual([["acme"], ["acme     … export 1 s"], ["acme     … export 3 s  8 MB of 12 MB"], ["acme     ✓ export 3.0 s"], []]);
});

it("a failure says in which step, why, and where to look", () => {
  expect(lifeSummaryLines({ ...erased, ok: false, certificate: null, came: null, failure: { step: "verify", reason: "shared: 1 row and 0 files of acme are still there\nmore", hint: "deploy erase acme tries again" } })).toEqual([
    "Failed: erase acme: verify: shared: 1 row and 0 files of acme are still there", "  more", "  deploy erase acme tries again", "  journal: deploy history show 20260501120000-abc123",
  ]);
});
