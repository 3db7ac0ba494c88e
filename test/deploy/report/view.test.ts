/** What stands at the bottom of the terminal, moment by moment, and that it always fits. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "../../../deploy/report/event.ts";
import { noPaint } from "../../../deploy/report/paint.ts";
import { follow, newProgress, secondsLeft, tally } from "../../../deploy/report/progress.ts";
import { viewLines } from "../../../deploy/report/view.ts";
import { recording } from "./recording.ts";
import { host } from "./summaries.ts";

type Recorded = readonly (readonly [at: number, event: Event])[];

function progressAt(seconds: number, events: Recorded = recording) {
  const progress = newProgress();
  for (const [at, event] of events) if (at <= seconds) follow(progress, event, at * 1000);
  return progress;
}
const view = (seconds: number, columns = 100, rows = 24, events: Recorded = recording) => viewLines(progressAt(seconds, events), { columns, rows }, seconds * 1000, noPaint);

it.each<[what: string, lines: string[], shown: string[]]>([
  ["waiting for a lock", view(3), ["helmex   … waits for the lock of bob on ci (update v1) 3 s", `${"░".repeat(24)}  0 updated · 3 left · ring 1 of 2 canaries · 3 s, about 2 min left`]],
  ["the last line that a step printed, made harmless", view(8.9), ["helmex   ✓ backup 3 h old  ✓ pull 2.1 s  … migrate 0 s  applying 0042_orders", `${"░".repeat(24)}  0 updated · 3 left · ring 1 of 2 canaries · 8 s, about 2 min left`]],
  ["more steps than columns", view(12.5), ["helmex   …  ✓ start  ✓ inside 0.5 s  ✓ switch  ✓ outside 1/1 0.4 s  ✓ steady 2.0 s  ✓ drain", `${"░".repeat(24)}  0 updated · 3 left · ring 1 of 2 canaries · 12 s, about 88 s left`]],
  ["the watch, counted down between two samples", view(20), ["watching ring 1  53 s left", "  helmex   120 requests, 0.0 % errors, p95 210 ms", `████████${"░".repeat(16)}  1 updated · 2 left · ring 1 of 2 canaries · 20 s, about 80 s left`]],
  ["the second ring", view(80), ["shared   ✓ pull  ✓ start 0.3 s  … inside 6 s", `████████${"░".repeat(16)}  1 updated · 2 left · ring 2 of 2 rest · 80 s, about 20 s left`]],
  ["the way back of one host needs no bar", view(84), ["helmex   ✓ switch 0.3 s"]],
  ["all over", view(90), []],
  ["50 columns: no bar, the text cut", view(8.9, 50), ["helmex   …  ✓ pull 2.1 s  … migrate 0 s  applyin…", "0 updated · 3 left · ring 1 of 2 canaries · 8 s,…"]],
  ["10 columns", view(12.5, 10, 3), ["helmex  …", "0 update…"]],
])("%s", (_what, lines, shown) => {
  expect(lines).toEqual(shown);
});

const many = (running: number): Recorded => [
  [0, { type: "operation-started", operation: "op", verb: "update-all", release: "v2", hosts: 200, rings: 1, expectedSeconds: null }],
  ...Array.from({ length: 10 }, (_, index) => [10, { type: "host-ended", result: host(`a${index}`, index < 9 ? "updated" : "failed") }] as const),
  ...Array.from({ length: running }, (_, index) => [10, { type: "host-started", host: `host-${index + 1}`, action: "update", from: "v1", to: "v2" }] as const),
];

describe("a large fleet", () => {
  it("hosts that don't fit are counted; a failure is seen in the bar", () => {
    expect(view(10, 80, 6, many(100))).toEqual(["host-1", "host-2", "host-3", "… and 97 more", `▒${"░".repeat(20)}  9 updated · 1 failed · 190 left · 10 s, about 3 min left`]);
  });
  it("what is left is guessed by the pace when nothing is known of the past", () => {
    const progress = progressAt(10, many(0));
    expect(tally(progress)).toEqual({ total: 200, done: 10, updated: 9, failed: 1, left: 190 });
    expect(secondsLeft(progress, 10_000)).toBe(190);
  });
});

it("a wait of the whole operation stands above, until anything else happens", () => {
  const events: Recorded = [[0, { type: "waiting", host: null, for: "bob's update-all", seconds: 2 }]];
  expect(view(1, 80, 24, events)).toEqual(["waits for bob's update-all  3 s"]);
  expect(view(1, 80, 24, [...events, [1, { type: "operation-started", operation: "op", verb: "update", release: "v2", hosts: 1, rings: 1 }]])).toEqual([]);
});

it("always fits, whatever is going on", () => {
  const sizes = fc.record({ columns: fc.integer({ min: 1, max: 140 }), rows: fc.integer({ min: 1, max: 40 }), seconds: fc.integer({ min: 0, max: 95 }), running: fc.integer({ min: 0, max: 60 }), output: fc.string({ unit: "grapheme" }) });
  fc.assert(fc.property(sizes, ({ columns, rows, seconds, running, output }) => {
    const events: Recorded = [...recording.filter(([at]) => at <= seconds), ...many(running).slice(11), [seconds, { type: "step-started", host: "host-1", step: "pull" }], [seconds, { type: "output", host: "host-1", step: "pull", line: output }]];
    const lines = viewLines(progressAt(1e6, events), { columns, rows }, seconds * 1000, noPaint);
    expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
    for (const line of lines) expect(line.length === 0 || !line.includes("\n")).toBe(true);
    for (const line of lines.filter((text) => /^[\u0020-\u00FF…█▒░✓✗]*$/.test(text))) expect(line.length).toBeLessThanOrEqual(Math.max(1, columns - 1));
  }));
});
