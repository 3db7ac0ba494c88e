import { releaseLock } from "../../host/lock.ts";
import type { HostStep } from "../job.ts";

export const unlock: HostStep = {
  name: "unlock",
  afterwards: true,
  unguarded: true,
  part: (job) => ({ purpose: "giving back the lock", command: releaseLock(job.operation), timeout: 60_000 }),
  done(job) {
    job.locked = false;
    return undefined;
  },
};
