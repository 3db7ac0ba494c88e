/** Signs of life: what is tolerated, what is not, and what a laptop that slept has to ask. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HEARTBEAT_SECONDS, LOCK_LOST } from "../../../deploy/host/lock.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import type { Result, Runner } from "../../../deploy/remote/runner.ts";
import { startHeartbeat, startOperationPulse, startPulse } from "../../../deploy/rollout/heartbeat.ts";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

const now = () => new Date();
const seconds = (amount: number) => vi.advanceTimersByTimeAsync(amount * 1000);

/** A host whose heartbeats end one after the other like this; "dead" throws. */
function hostThat(...answers: (number | "dead")[]): Runner & { beats: number } {
  return {
    host: "orion", alive: true, beats: 0, close: async () => {},
    async run(): Promise<Result> {
      const answer = answers[this.beats++] ?? 0;
      if (answer === "dead") throw new Error("nothing heard");
      return { code: answer, stdout: "", stderr: "" };
    },
  };
}

describe("a host's heartbeat", () => {
  it.each<[string, (number | "dead")[], boolean]>([
    ["goes on while the lock is ours", [0, 0, 0], false],
    ["puts up with one that got lost", [0, "dead", 0], false],
    ["puts up with a host that could not do it just now", [1, 127, 0], false],
    ["knows a lock that somebody took", [0, LOCK_LOST, 0], true],
  ])("%s", async (_name, answers, lost) => {
    const runner = hostThat(...answers);
    const pulse = startHeartbeat({ runner, operation: "op", now });
    await seconds(3 * HEARTBEAT_SECONDS + 1);
    expect(pulse.lost).toBe(lost);
    expect(runner.beats).toBe(lost ? 2 : 3);
    pulse.stop();
    await seconds(60);
    expect(runner.beats).toBe(lost ? 2 : 3);
  });

  it("uses the connection that the job has now", async () => {
    const job = { runner: hostThat("dead") as ReturnType<typeof hostThat>, operation: "op", now };
    const pulse = startHeartbeat(job);
    await seconds(HEARTBEAT_SECONDS);
    job.runner = hostThat(LOCK_LOST);
    await seconds(HEARTBEAT_SECONDS);
    expect(pulse.lost).toBe(true);
    pulse.stop();
  });

  it("sends no second one while the first is on its way", async () => {
    let sent = 0;
    const pulse = startPulse(() => { sent += 1; return new Promise<boolean>(() => {}); }, now);
    await seconds(60);
    expect(sent).toBe(1);
    pulse.stop();
  });
});

describe("being sure", () => {
  it("costs nothing while signs of life arrive", async () => {
    const runner = hostThat();
    const pulse = startHeartbeat({ runner, operation: "op", now });
    await seconds(100);
    const { beats } = runner;
    expect(await pulse.sure()).toBe(true);
    expect(runner.beats).toBe(beats);
    pulse.stop();
  });

  it.each<[string, number | "dead", boolean | RegExp]>([["is asked for after a sleep", 0, true], ["finds out who was quicker", LOCK_LOST, false], ["throws when nobody answers", "dead", /nothing heard/]])("%s", async (_name, answer, sure) => {
    const pulse = startHeartbeat({ runner: hostThat(answer), operation: "op", now });
    vi.setSystemTime(Date.now() + 40_000); // no timer ran meanwhile
    if (sure instanceof RegExp) await expect(pulse.sure()).rejects.toThrow(sure);
    else expect(await pulse.sure()).toBe(sure);
    pulse.stop();
  });
});

describe("an operation's heartbeat", () => {
  it("keeps its locks, and notices the one it lost", async () => {
    const journal = openSqlite(":memory:");
    const iso = (ago = 0): string => new Date(Date.now() - ago * 1000).toISOString();
    const lock = (operation: string) => ({ name: "rollout", operation, by: "ada", machine: "laptop", reason: "update-all v2", since: iso() });
    await journal.begin({ id: "op", verb: "update-all", subject: "v2", by: "ada", machine: "laptop", startedAt: iso() });
    await journal.takeLock(lock("op"), iso(), iso(30));
    let told = 0;
    const pulse = startOperationPulse(journal, "op", now, () => { told += 1; });
    await seconds(50);
    expect(await journal.takeLock(lock("other"), iso(), iso(30))).toMatchObject({ outcome: "held", silentSeconds: 0 });
    expect(pulse.lost).toBe(false);
    vi.setSystemTime(Date.now() + 40_000);
    expect(await journal.takeLock(lock("other"), iso(), iso(30))).toMatchObject({ outcome: "taken-over", silentSeconds: 40 });
    expect(await pulse.sure()).toBe(false);
    expect(pulse.lost).toBe(true);
    expect(told).toBe(1);
    pulse.stop();
    await journal.close();
  });
});
