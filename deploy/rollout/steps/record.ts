import { type ReleaseRecord, writeReleaseLog } from "../../host/release-log.ts";
import { mustRun, type Runner } from "../../remote/runner.ts";
import type { Job, Step } from "../job.ts";

/** Writes the host's own record. `detail`: for a failure, in which step and why. */
export async function writeRecord(job: Job, runner: Runner, outcome: ReleaseRecord["outcome"], detail?: string): Promise<void> {
  const { version, digest } = job.wanted.release;
  const record: ReleaseRecord = {
    version, digest, at: job.now().toISOString(), by: `${job.actor.by}@${job.actor.machine}`, operation: job.operation, verb: job.verb, outcome,
    ...(detail ? { detail: detail.slice(0, 500) } : {}),
  };
  await mustRun(runner, "writing the release log", writeReleaseLog(record));
}

export const record: Step = {
  name: "record",
  async run(job) {
    await writeRecord(job, job.runner, "serving");
    return undefined;
  },
};
