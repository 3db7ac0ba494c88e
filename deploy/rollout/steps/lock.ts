import { Refused } from "../../errors.ts";
import { describeOwner, parseLockAnswer, takeLock } from "../../host/lock.ts";
import { mustRun } from "../../remote/runner.ts";
import { age } from "../../report/units.ts";
import type { Step } from "../job.ts";

/** Longer than the wait for a fresh host's first boot. */
const TIMEOUT = 300_000;

export const lock: Step = {
  name: "lock",
  async run(job) {
    const { operation, actor, verb, wanted, host } = job;
    const owner = { operation, ...actor, reason: `${verb} to ${wanted.release.version}`, since: job.now().toISOString() };
    const answer = parseLockAnswer(await mustRun(job.runner, "taking the lock", takeLock(owner), { timeout: TIMEOUT, assume: "taken\n" }));
    if (answer.outcome === "held") {
      throw new Refused(`${host.name} is locked by ${describeOwner(answer.by)}; last sign of life ${age(answer.silentSeconds)} ago`,
        "wait until that is done; a lock whose owner died can be taken after a minute");
    }
    job.locked = true;
    if (answer.outcome === "taken-over") job.note(`took over the lock of ${describeOwner(answer.from)}, silent for ${age(answer.silentSeconds)}`);
    return undefined;
  },
};
