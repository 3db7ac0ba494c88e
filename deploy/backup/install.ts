/** Brings a host's backup programs, settings and timers to what hosting.yaml says. */
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { backupFilesInput, beginBackups, enableUnits, installRestic, lookAtBackup, prepareStore, removeBackupFiles, writeBackupFiles } from "../host/backup.ts";
import { BACKUP_FINGERPRINT } from "../host/paths.ts";
import { holdHost } from "../move/host-lock.ts";
import { mustRun } from "../remote/runner.ts";
import { type BackupFile, backupFiles, type FilesOptions } from "./host-files.ts";
import { type InstallPlan, isInstalled, mustRestart, parseBackupFinding, planInstall } from "./install-plan.ts";
import { backupOf } from "./on-hosts.ts";
import { type BackupSecrets, readBackupSecrets } from "./secrets.ts";
import { STARTED_UNITS, unitOf } from "./units.ts";

export interface Planned { plan: InstallPlan; files: BackupFile[] }

const NOWHERE = { dataDirectory: "", socket: "", port: "", group: "" };

/** Of the operator's machine; asked for once, since a command may want a touch. */
export const secretsFor = (context: Context): Promise<BackupSecrets> => readBackupSecrets(backupOf(context), process.env);

/** Looks and changes nothing. */
export async function plannedInstall(context: Context, host: string, secrets: BackupSecrets): Promise<Planned> {
  const backup = backupOf(context);
  const outputs = await context.outputs(host);
  const options: FilesOptions = { host, platform: context.fleet.platform, backup, outputs, secrets, place: NOWHERE };
  const paths = backupFiles(options).map(({ path }) => path);
  const found = parseBackupFinding(await mustRun(await context.connect(host), "looking at the host's backups", lookAtBackup(paths, STARTED_UNITS, outputs.database), { timeout: 60_000 }));
  const files = found.place && backupFiles({ ...options, place: found.place });
  return { plan: planInstall(host, found, files), files: files ?? [] };
}

export interface InstallOptions { operation: string; wait: number; signal: AbortSignal }

/** Takes the host's lock. Resolves with what was done, in words. Done again, it goes on where it was; what is as it should be stays. */
export async function install(context: Context, host: string, planned: Planned, secrets: BackupSecrets, { operation, wait, signal }: InstallOptions): Promise<string> {
  if (isThere(planned)) return "as it should be";
  const held = await holdHost(context, host, { operation, reason: "backup install", wait, signal, lost: () => {} });
  try {
    return await setUp(context, host, planned, secrets);
  } finally {
    await held.release();
  }
}

/** The same for who has the lock already. */
export async function refreshBackups(context: Context, host: string): Promise<string> {
  const secrets = await secretsFor(context);
  const planned = await plannedInstall(context, host, secrets);
  return isThere(planned) ? "as it should be" : setUp(context, host, planned, secrets);
}

function isThere({ plan }: Planned): boolean {
  const [fault] = plan.faults;
  if (fault) throw new UserError(fault.message, { hint: fault.hint });
  return isInstalled(plan) && plan.first.length === 0;
}

async function setUp(context: Context, host: string, { plan, files }: Planned, secrets: BackupSecrets): Promise<string> {
  const run = async (what: string, command: Parameters<typeof mustRun>[2], stdin?: string): Promise<void> =>
    void await mustRun(await context.connect(host), what, command, { timeout: 600_000, ...(stdin === undefined ? {} : { stdin }) });
  const paths = new Set(plan.write.map(({ path }) => path));
  const write = async (what: string, wanted: (path: string) => boolean): Promise<void> => {
    const some = files.filter(({ path }) => paths.has(path) && wanted(path));
    if (some.length > 0) await run(what, writeBackupFiles(), backupFilesInput(some));
  };
  if (plan.restic) await run("installing restic", installRestic());
  await write("writing the backup's files", (path) => path !== BACKUP_FINGERPRINT);
  await run("making the place in the store", prepareStore(host, secrets.store.path));
  if (plan.remove.length > 0) await run("removing what is no longer wanted", removeBackupFiles(plan.remove));
  await run("starting the timers", enableUnits(STARTED_UNITS, mustRestart(plan)));
  await run("beginning the first backups", beginBackups([...plan.first.map(unitOf), unitOf("check")]));
  await write("noting that it is set up", (path) => path === BACKUP_FINGERPRINT);
  const changed = plan.write.length > 0 ? `${plan.write.length} files written` : "installed";
  return plan.first.length > 0 ? `${changed}; the first ${plan.first.join(", ")} began` : changed;
}
