import { dump, dumpName, dumpTimeout } from "../../host/postgres.ts";
import { mustRun } from "../../remote/runner.ts";
import { age, bytes } from "../../report/units.ts";
import { type Step, observed } from "../job.ts";

export const backupCheck: Step = {
  name: "backup-check",
  async run(job) {
    const { seen } = observed(job);
    const newest = seen.dumps[0];
    const old = newest ? seen.clock - newest.at : Number.POSITIVE_INFINITY;
    if (old < job.fleet.platform.rollout.backupMaxAgeHours * 3600) return `${age(old)} old`;
    const { dataPath, database } = job.outputs;
    const command = dump(dataPath, dumpName(database.name, job.now()), database);
    const answer = await mustRun(job.runner, "the backup before the update", command, { timeout: dumpTimeout, assume: "empty\n" });
    if (answer.trim() === "empty") return "nothing to save yet";
    return `taken, ${bytes(Number(answer.split(" ")[1]))}`;
  },
};
