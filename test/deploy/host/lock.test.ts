/** The lock's scripts under a real shell: who gets it when many ask at once. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Command } from "../../../deploy/host/command.ts";
import { beatLock, LOCK_LOST, type LockAnswer, parseLockAnswer, releaseLock, takeLock } from "../../../deploy/host/lock.ts";
import { isUnchanged, observe, observeAgain } from "../../../deploy/host/observe.ts";
import { GENERATION, LOCK, STATE } from "../../../deploy/host/paths.ts";

let state: string;
beforeEach(() => { state = mkdtempSync(join(tmpdir(), "etage-lock-")); });
afterEach(() => rmSync(state, { recursive: true }));

/** Runs a host's command here, with its state in a folder of the test. */
async function run(command: Command): Promise<{ code: number; stdout: string }> {
  const [program, ...parameters] = (command as string[]).map((word) => word === STATE ? state : word === LOCK ? join(state, "lock") : word === GENERATION ? join(state, "generation") : word);
  const ended = promisify(execFile)(program!, parameters);
  return ended.then(({ stdout }) => ({ code: 0, stdout }), (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }));
}
const take = async (operation: string): Promise<LockAnswer> => parseLockAnswer((await run(takeLock({ operation, by: "ada", machine: "laptop", reason: "update to v2", since: "now" }))).stdout);
const beat = async (operation: string): Promise<number> => (await run(beatLock(operation))).code;
const silentFor = (seconds: number): void => utimesSync(join(state, "lock/heartbeat"), new Date(), new Date(Date.now() - seconds * 1000));

describe("a host's lock", () => {
  it("is one operation's, until that gives it back", async () => {
    expect(await take("one")).toEqual({ outcome: "taken" });
    expect(await take("other")).toMatchObject({ outcome: "held", by: { operation: "one", by: "ada" } });
    expect([await beat("one"), await beat("other")]).toEqual([0, LOCK_LOST]);
    await run(releaseLock("other"));
    expect(await take("other")).toMatchObject({ outcome: "held" });
    await run(releaseLock("one"));
    expect(await beat("one")).toBe(LOCK_LOST);
    expect(await take("other")).toEqual({ outcome: "taken" });
  });

  it("stays its owner's who asks again, since the first answer got lost", async () => {
    await take("one");
    silentFor(25);
    expect(await take("one")).toEqual({ outcome: "taken" });
    expect(await take("other")).toMatchObject({ outcome: "held", silentSeconds: expect.toSatisfy((silent: number) => silent < 5) });
  });

  it.each([[28, "held"], [31, "taken-over"], [-28, "held"], [-40, "taken-over"]])("with a heartbeat of %i s ago is %s", async (seconds, outcome) => {
    await take("one");
    silentFor(seconds);
    expect((await take("other")).outcome).toBe(outcome);
  });

  it("counts who had it, so that a look from before stands only when nobody did", async () => {
    const observed = (clock: number, generation: number) => observeAgain({ services: [], dataPath: state, files: [] }, { clock, generation });
    const now = Math.floor(Date.now() / 1000);
    await take("one");
    await take("one");
    const stands = async (clock: number, generation: number): Promise<boolean> => {
      const [first] = (observed(clock, generation) as { any: Command[] }).any;
      return isUnchanged((await run(first!)).stdout);
    };
    expect([await stands(now, 0), await stands(now - 60, 0), await stands(now, 1)]).toEqual([true, false, false]);
    await run(releaseLock("one"));
    await take("other");
    expect([await stands(now, 0), await stands(now, 1)]).toEqual([false, true]);
  });

  it("leaves no look to stand that was taken while somebody had it", () => {
    const options = { services: ["proxy"], dataPath: state, files: [] };
    expect(observeAgain(options, { clock: 0, generation: null })).toEqual(observe(options));
  });

  it("is taken over by exactly one of many", async () => {
    await take("dead");
    silentFor(40);
    const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => take(`op-${at}`)));
    expect(answers.filter(({ outcome }) => outcome === "taken-over")).toMatchObject([{ from: { operation: "dead" } }]);
    const winner = `op-${answers.findIndex(({ outcome }) => outcome === "taken-over")}`;
    expect(answers.filter((answer) => answer.outcome === "held" && answer.by.operation === winner)).toHaveLength(11);
    expect([await beat(winner), await beat("dead")]).toEqual([0, LOCK_LOST]);
  });
});
