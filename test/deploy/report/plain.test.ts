/** What stands in a log, whole. */
import { expect, it } from "vitest";
import type { Event } from "../../../deploy/report/event.ts";
import { plainReport } from "../../../deploy/report/plain.ts";
import { recording } from "./recording.ts";
import { host, summaryOf } from "./summaries.ts";

function transcript(events: readonly (readonly [at: number, event: Event])[]): string[] {
  let text = "";
  let seconds = 0;
  const { event } = plainReport((part) => { text += part; }, () => seconds * 1000);
  for (const [at, what] of events) {
    seconds = at;
    event(what);
  }
  return text.split("\n").slice(0, -1);
}

it("a rollout with a lock, a watch, a failure and the way back", () => {
  expect(transcript(recording)).toEqual([
    "ring 1 of 2 (canaries): helmex",
    "helmex   update v1 → v2",
    "helmex   … waits for the lock of bob on ci (update v1)",
    "helmex   ✓ backup 3 h old",
    "helmex   ✓ pull 2.1 s",
    "helmex   ✓ migrate 0.4 s",
    "helmex   ✓ start",
    "helmex   ✓ inside 0.5 s",
    "helmex   ✓ switch",
    "helmex   ✓ outside 1/1 0.4 s",
    "helmex   ✓ steady 2.0 s",
    "helmex   ✓ drain",
    "helmex   done: v2 after 13 s",
    "… watching helmex for 1 min",
    "… watching ring 1: 0 s left",
    "helmex     1400 requests, 0.1 % errors, p95 190 ms",
    "✓ ring 1 watched for 1 min: all well",
    "ring 2 of 2 (rest): shared, orion",
    "shared   update v1 → v2",
    "shared   an image of 120 MB was pulled ahead",
    "shared   ✓ pull",
    "shared   ✓ start 0.3 s",
    "shared   ✗ inside: /health/ready answered 500: password=hidden",
    "shared       its last log lines:",
    "shared         boom",
    "shared   ↩ v1 kept serving; v2 removed",
    "shared     log: deploy logs shared --release v2",
    "↩ bringing back helmex",
    "helmex   revert v2 → v1",
    "helmex   ✓ switch 0.3 s",
    "helmex   ↩ brought back to v1 after 3.0 s",
    "Halted: update-all v2 on 3 hosts: 0 updated, 1 failed, 1 brought back, 1 not reached, 1 waits for its window. 87 s",
    "  ring 1 canaries  1 brought back: helmex",
    "  ring 2 rest      1 failed: shared; 1 not reached: orion",
    "  failed           shared: inside: /health/ready answered 500: password=hidden; v1 kept serving; v2 removed",
    "  budget           1 failure, 0 allowed, then all hosts are brought back",
    "  waits            luna until 2026-05-03 00:00 UTC: window Sun 02:00 to 06:00 Europe/Berlin",
    "  runs now         v1 on 2 hosts; orion does not answer",
    "  journal          deploy history show 20260501100000-abc123",
    "Next: see `deploy logs shared`; fix, then `deploy update-all v2` continues",
    "Slack was not told of the end: it answered 500",
    "shared   [pull] docker pull x",
  ]);
});

it("one host: nothing is said twice", () => {
  expect(transcript([
    [0, { type: "operation-started", operation: "op", verb: "update", release: "v2", hosts: 1, rings: 1 }],
    [0, { type: "ring-started", ring: 1, of: 1, name: "orion", hosts: ["orion"] }],
    [0, { type: "host-started", host: "orion", action: "install", from: null, to: "v2" }],
    [6.2, { type: "host-ended", result: host("orion", "updated", { from: null }) }],
    [6.2, { type: "operation-ended", summary: summaryOf({ verb: "update", ok: true, hosts: [host("orion", "updated")], seconds: 6.2, next: null }) }],
  ])).toEqual(["orion    install nothing → v2", "orion    done: v2 after 6.2 s", "Done: update v2 on orion. 6.2 s"]);
});

it("a long wait and a long watch give a sign of life each minute, not each second", () => {
  const events: [number, Event][] = [[0, { type: "host-started", host: "orion", action: "update", from: "v1", to: "v2" }]];
  for (let at = 0; at <= 150; at += 5) events.push([at, { type: "waiting", host: "orion", for: "bob", seconds: at }]);
  events.push([150, { type: "bake-started", ring: 1, seconds: 150, hosts: ["orion"] }]);
  for (let left = 145; left >= 0; left -= 5) events.push([300 - left, { type: "bake-sample", ring: 1, secondsLeft: left, hosts: [] }]);
  events.push([300, { type: "bake-ended", ring: 1, faults: [{ host: "orion", fault: "3 restarts" }] }]);
  expect(transcript(events).slice(1)).toEqual([
    "orion    … waits for bob", "orion    … waits for bob 60 s", "orion    … waits for bob 2 min 0 s",
    "… watching orion for 2 min 30 s", "… watching ring 1: 90 s left", "… watching ring 1: 30 s left", "orion    ✗ while it was watched: 3 restarts",
  ]);
});

it("nothing that a host printed begins a line, or reaches the terminal as a command", () => {
  const reason = "orion: bad\n::stop-commands::x\n\u001B[2J\u001B]0;title\u0007cleared\r\n##[group]y";
  const lines = transcript([[0, { type: "host-ended", result: host("orion", "failed", { failure: { step: "start", reason, undone: "::set-env name=x::y", hint: "::debug::z" } }) }], [0, { type: "note", host: "orion", message: "a\n::notice::b" }]]);
  expect(lines.map((line) => line.slice(0, 5))).toEqual(lines.map(() => "orion"));
  expect(lines.join("")).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
});
