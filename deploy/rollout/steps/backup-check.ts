import { parseRecord } from "../../backup/state.ts";
import { UserError } from "../../errors.ts";
import { runBackup } from "../../host/backup.ts";
import { dump, dumpTimeout, parseDumped } from "../../host/postgres.ts";
import { age, bytes } from "../../report/units.ts";
import { type HostStep, type Job, observed } from "../job.ts";

/** Whether the host backs up to a store; before that is set up, a dump on the host itself has to do. */
const stored = (job: Job): boolean => job.fleet.platform.backup !== undefined && observed(job).seen.backup !== null;

/** Seconds since the newest backup of the database; infinite when there is none. */
function ageOfNewest(job: Job): number {
  const { seen } = observed(job);
  const at = stored(job) ? seen.backup?.newest.database?.at : seen.dumps[0]?.at;
  return at === undefined ? Number.POSITIVE_INFINITY : seen.clock - at;
}

export const backupCheck: HostStep = {
  name: "backup-check",
  part(job) {
    if (ageOfNewest(job) < job.fleet.platform.rollout.backupMaxAgeHours * 3600) return null;
    const purpose = "the backup before the update";
    if (stored(job)) return { purpose, command: runBackup("database"), timeout: dumpTimeout, assume: JSON.stringify({ kind: "database", at: 0, ok: true, seconds: 0, bytes: 0 }) };
    const { dataPath, database } = job.outputs;
    return { purpose, command: dump(dataPath, job.now(), database, job.fleet.platform.app), timeout: dumpTimeout, assume: "empty\n" };
  },
  done(job, stdout) {
    if (stdout === undefined) return `${age(ageOfNewest(job))} old`;
    if (!stored(job)) return stdout.trim() === "empty" ? "nothing to save yet" : `taken, ${bytes(parseDumped(stdout))}`;
    const record = parseRecord(stdout.trim().split("\n").at(-1) ?? "");
    if (!record?.ok) throw new UserError(`${job.host.name}: the backup before the update failed: ${record?.detail || "it left no word"}`, { hint: `deploy backup status ${job.host.name}` });
    return `taken, ${bytes(record.bytes)}`;
  },
};
