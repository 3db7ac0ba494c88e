import type { Command } from "../../host/command.ts";
import { type ReleaseRecord, writeReleaseLog } from "../../host/release-log.ts";
import type { HostStep, Job } from "../job.ts";

/** Writes the host's own record. `detail`: for a failure, in which step and why. */
export function recordOf(job: Job, outcome: ReleaseRecord["outcome"], detail?: string): Command {
  const { version, digest } = job.wanted.release;
  return writeReleaseLog({
    version, digest, at: job.now().toISOString(), by: `${job.actor.by}@${job.actor.machine}`, operation: job.operation, verb: job.verb, outcome,
    ...(detail ? { detail: detail.slice(0, 500) } : {}),
  });
}

export const record: HostStep = {
  name: "record",
  afterwards: true,
  part: (job) => ({ purpose: "writing the release log", command: recordOf(job, "serving"), timeout: 60_000 }),
};
