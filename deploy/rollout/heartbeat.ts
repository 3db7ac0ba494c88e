/** Keeps a host's lock alive while an operation works there. */
import { beatLock, HEARTBEAT_SECONDS } from "../host/lock.ts";
import type { Job } from "./job.ts";

/** Beats until stopped. `lost` turns true when the lock is no longer ours: the operation was given up for dead. */
export function startHeartbeat(job: Job): { stop(): void; readonly lost: boolean } {
  let lost = false;
  const timer = setInterval(async () => {
    // A connection that dies here is noticed by the step that uses it.
    const answer = await job.runner.run(beatLock(job.operation), { timeout: HEARTBEAT_SECONDS * 1000 }).catch(() => undefined);
    if (answer && answer.code !== 0) lost = true;
  }, HEARTBEAT_SECONDS * 1000);
  timer.unref();
  return { stop: () => clearInterval(timer), get lost() { return lost; } };
}
