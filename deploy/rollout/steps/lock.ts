import { Refused } from "../../errors.ts";
import { describeOwner, HELD, type LockAnswer, parseLockAnswer, takeLock } from "../../host/lock.ts";
import { CommandFailed } from "../../remote/runner.ts";
import { age } from "../../report/units.ts";
import type { HostStep, Job, Part } from "../job.ts";

/** Longer than the wait for a fresh host's first boot. */
const TIMEOUT = 300_000;

export function lockPart({ operation, actor, verb, wanted, now }: Job): Part {
  const owner = { operation, ...actor, reason: `${verb} to ${wanted.release.version}`, since: now().toISOString() };
  return { purpose: "taking the lock", command: takeLock(owner), timeout: TIMEOUT, assume: "taken\n" };
}

/** Somebody else holds the host. */
export class LockHeld extends Refused {
  override name = "LockHeld";
  readonly answer: Extract<LockAnswer, { outcome: "held" }>;
  constructor(host: string, answer: LockHeld["answer"]) {
    super(`${host} is locked by ${describeOwner(answer.by)}; last sign of life ${age(answer.silentSeconds)} ago`, "wait until that is done: --wait SECONDS");
    this.answer = answer;
  }
}

/** After a lock that was given: notes it, and whose it was. */
export function lockTaken(job: Job, answer: LockAnswer): void {
  job.locked = true;
  if (answer.outcome === "taken-over") job.note(`took over the lock of ${describeOwner(answer.from)}, silent for ${age(answer.silentSeconds)}`);
}

export const lock: HostStep = {
  name: "lock",
  answers: true,
  part: lockPart,
  done(job, stdout) {
    lockTaken(job, parseLockAnswer(stdout ?? ""));
    return undefined;
  },
  fault(job, result) {
    const answer = result.code === HELD ? parseLockAnswer(result.stdout) : undefined;
    return answer?.outcome === "held" ? new LockHeld(job.host.name, answer) : new CommandFailed(job.host.name, "taking the lock", lockPart(job).command, result);
  },
};
