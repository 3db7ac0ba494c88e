import { dump, dumpName, dumpTimeout } from "../../host/postgres.ts";
import { age, bytes } from "../../report/units.ts";
import { type HostStep, type Job, observed } from "../job.ts";

/** Seconds since the newest dump; infinite when there is none. */
function ageOfNewest(job: Job): number {
  const { seen } = observed(job);
  return seen.dumps[0] ? seen.clock - seen.dumps[0].at : Number.POSITIVE_INFINITY;
}

export const backupCheck: HostStep = {
  name: "backup-check",
  part(job) {
    if (ageOfNewest(job) < job.fleet.platform.rollout.backupMaxAgeHours * 3600) return null;
    const { dataPath, database } = job.outputs;
    return { purpose: "the backup before the update", command: dump(dataPath, dumpName(database.name, job.now()), database), timeout: dumpTimeout, assume: "empty\n" };
  },
  done(job, stdout) {
    if (stdout === undefined) return `${age(ageOfNewest(job))} old`;
    return stdout.trim() === "empty" ? "nothing to save yet" : `taken, ${bytes(Number(stdout.split(" ")[1]))}`;
  },
};
