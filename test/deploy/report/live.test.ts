/** The live view as a person sees it: on a screen, and through a real pseudo terminal. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Event } from "../../../deploy/report/event.ts";
import { liveReport } from "../../../deploy/report/live.ts";
import { noPaint } from "../../../deploy/report/paint.ts";
import { isLive } from "../../../deploy/report/people.ts";
import { recording } from "./recording.ts";
import { Screen } from "./screen.ts";
import { host } from "./summaries.ts";

/** What the recording leaves behind when all is over. */
const REMAINS = [
  "ring 1 of 2 (canaries): helmex",
  "helmex   ✓ backup 3 h old  ✓ pull 2.1 s  ✓ migrate 0.4 s  ✓ start  ✓ inside 0.5 s  ✓ switch  ✓ outside 1/1 0.4 s  ✓ steady 2.0 s  ✓ drain  13 s",
  "✓ ring 1 watched for 1 min: all well",
  "ring 2 of 2 (rest): shared, orion",
  "shared   an image of 120 MB was pulled ahead",
  "shared   ✓ pull  ✓ start 0.3 s  ✗ inside: /health/ready answered 500: password=hidden",
  "             its last log lines:",
  "               boom",
  "         ↩ v1 kept serving; v2 removed",
  "           log: deploy logs shared --release v2",
  "↩ bringing back helmex",
  "helmex   ✓ switch 0.3 s  ↩ brought back to v1 after 3.0 s",
  "Halted: update-all v2 on 3 hosts: 0 updated, 1 failed, 1 brought back, 1 not reached, 1 waits for its window. 87 s",
];

function terminal(columns: number, rows: number) {
  const screen = new Screen(columns, rows);
  const writes: string[] = [];
  const stream = Object.assign(new PassThrough(), { columns, rows, isTTY: true, write: (text: string) => { writes.push(text); screen.write(text); return true; } });
  return { screen, writes, report: liveReport(stream as unknown as NodeJS.WriteStream, noPaint) };
}

describe("on a screen", () => {
  beforeEach(() => { vi.useFakeTimers({ now: 0, toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] }); });
  afterEach(() => { vi.useRealTimers(); });
  const play = async (report: ReturnType<typeof liveReport>, until = Infinity): Promise<void> => {
    for (const [at, event] of recording.filter(([at]) => at <= until)) {
      await vi.advanceTimersByTimeAsync(Math.max(0, Math.round(at * 1000) - Date.now()));
      report.event(event);
    }
  };

  it("shows what is going on below what has happened", async () => {
    const { screen, report } = terminal(150, 20);
    await play(report, 20);
    await vi.advanceTimersByTimeAsync(2500);
    expect(screen.text).toEqual([...REMAINS.slice(0, 2), "watching ring 1  53 s left", "  helmex   120 requests, 0.0 % errors, p95 210 ms", `████████${"░".repeat(16)}  1 updated · 2 left · ring 1 of 2 canaries · 20 s, about 80 s left`, ""]);
  });

  it("leaves what is worth reading, in order, and nothing else", async () => {
    const { screen, report } = terminal(150, 20);
    await play(report);
    report.close!();
    expect(screen.text.slice(0, REMAINS.length)).toEqual(REMAINS);
    expect(screen.text.slice(-4)).toEqual(["Next: see `deploy logs shared`; fix, then `deploy update-all v2` continues", "Slack was not told of the end: it answered 500", "shared   [pull] docker pull x", ""]);
    expect(screen.text.join("\n")).not.toMatch(/left ·|…/);
  });

  it.each([[40, 6], [20, 4], [61, 24]])("leaves the same on %d columns and %d rows, wrapped", async (columns, rows) => {
    const { screen, report } = terminal(columns, rows);
    await play(report);
    report.close!();
    const wrapped = REMAINS.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, "g"))!.map((part) => part.trimEnd()));
    expect(screen.text.slice(0, wrapped.length)).toEqual(wrapped);
  });

  it("a hundred hosts at once: those that are done scroll away, nothing is lost, and the terminal is not flooded", async () => {
    const { screen, writes, report } = terminal(80, 10);
    const names = Array.from({ length: 100 }, (_, index) => `host-${index + 1}`);
    const tell = (event: Event): void => { report.event(event); };
    tell({ type: "operation-started", operation: "op", verb: "update-all", release: "v2", hosts: 100, rings: 1 });
    for (const name of names) tell({ type: "host-started", host: name, action: "update", from: "v1", to: "v2" });
    for (let round = 0; round < 200; round++) {
      for (const name of names) tell({ type: "output", host: name, step: "pull", line: `layer ${round}` });
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(screen.text.slice(-4)).toEqual(["host-7    layer 199", "… and 93 more", expect.stringContaining("0 updated · 100 left"), ""]);
    for (const name of names) tell({ type: "host-ended", result: host(name, "updated") });
    await vi.advanceTimersByTimeAsync(200);
    expect(screen.text.slice(0, 100)).toEqual(names.map((name) => `${name.padEnd(8)}  done: v2 after 6.2 s`));
    expect(writes.length).toBeLessThan(60); // 20,000 events in 2.2 s: ten frames a second
  });

  it("text that comes meanwhile is not drawn over", async () => {
    const { screen, report } = terminal(80, 10);
    await play(report, 3);
    report.text("Stopping.");
    await vi.advanceTimersByTimeAsync(3000);
    expect(screen.text).toEqual([REMAINS[0], "Stopping.", "helmex   … waits for the lock of bob on ci (update v1) 3 s", expect.stringContaining("0 updated"), ""]);
  });

  it("an exception leaves no half of a view", async () => {
    const { screen, report } = terminal(80, 10);
    await play(report, 8.9);
    report.close!();
    expect(screen.text).toEqual([REMAINS[0], ""]);
  });
});

it.each<[stream: { isTTY?: boolean }, environment: Record<string, string>, live: boolean]>([
  [{ isTTY: true }, { TERM: "xterm" }, true], [{}, {}, false], [{ isTTY: true }, { TERM: "dumb" }, false], [{ isTTY: true }, { CI: "true" }, false], [{ isTTY: true }, { CI: "" }, true],
])("%j %j: live %s", (stream, environment, live) => {
  expect(isLive(stream, environment)).toBe(live);
});

/** util-linux' script(1) gives a program a terminal. */
describe.runIf(process.platform === "linux" && existsSync("/usr/bin/script"))("through a pseudo terminal", () => {
  const played = (environment: Record<string, string>): string => {
    const command = `stty cols 70 rows 12 && exec ${process.execPath} ${join(import.meta.dirname, "play-live.ts")}`;
    const { CI: _ci, NO_COLOR: _none, FORCE_COLOR: _force, NODE_DISABLE_COLORS: _disable, ...inherited } = process.env;
    return execFileSync("/usr/bin/script", ["--quiet", "--return", "--command", command, "/dev/null"], { encoding: "utf8", env: { ...inherited, TERM: "xterm-256color", ...environment }, timeout: 20_000 });
  };

  it("looks the same, in colour", () => {
    const raw = played({});
    const screen = new Screen(70, 12);
    screen.write(raw.replaceAll("\r\n", "\n"));
    const wrapped = REMAINS.flatMap((line) => line.match(/.{1,70}/g)!.map((part) => part.trimEnd()));
    expect(screen.text.slice(0, wrapped.length)).toEqual(wrapped);
    expect(raw).toContain("\u001B[32m✓\u001B[39m");
    expect(raw).toContain("updated · ");
  }, 30_000);

  it("without colours when nobody wants them", () => {
    expect(played({ NO_COLOR: "1" })).not.toMatch(/\u001B\[\d+m/);
  }, 30_000);
});
