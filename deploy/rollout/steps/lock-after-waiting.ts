import { EXPIRY_SECONDS, describeOwner, HELD, type LockAnswer, parseLockAnswer } from "../../host/lock.ts";
import { CommandFailed } from "../../remote/runner.ts";
import type { Job, OwnStep } from "../job.ts";
import { waitForLock } from "../wait-for-lock.ts";
import { LockHeld, lockPart, lockTaken } from "./lock.ts";

export type Waiting = (event: { for: string; seconds: number }) => void;

/** The lock once more, after somebody held it. A dead owner's lock expires by itself; a living one's is waited for as long as asked. */
export const lockAfterWaiting = (wait: number, waiting: Waiting): OwnStep => ({
  name: "lock",
  async run(job) {
    const answer = await waitForLock(() => ask(job), {
      wait, expiry: EXPIRY_SECONDS, pause: job.pause, note: (owner, seconds) => waiting({ for: `the lock of ${describeOwner(owner)}`, seconds }),
    });
    if (answer.outcome === "held") throw new LockHeld(job.host.name, answer);
    lockTaken(job, answer);
    return undefined;
  },
});

async function ask(job: Job): Promise<LockAnswer> {
  const { purpose, command, timeout, assume } = lockPart(job);
  const result = await job.runner.run(command, { timeout, assume });
  if (result.code !== 0 && result.code !== HELD) throw new CommandFailed(job.host.name, purpose, command, result);
  return parseLockAnswer(result.stdout);
}
