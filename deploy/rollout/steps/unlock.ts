import { releaseLock } from "../../host/lock.ts";
import { mustRun } from "../../remote/runner.ts";
import type { Step } from "../job.ts";

export const unlock: Step = {
  name: "unlock",
  async run(job) {
    await mustRun(job.runner, "giving back the lock", releaseLock(job.operation));
    job.locked = false;
    return undefined;
  },
};
