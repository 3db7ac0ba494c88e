/** A host from nothing: its stack, its database to the last second, its files, the release it ran, its backups. Every step looks first what is there. */
import { join } from "node:path";
import type { Context } from "../context.ts";
import { install, plannedInstall, secretsFor } from "../backup/install.ts";
import { Interrupted, Refused, UserError } from "../errors.ts";
import { backupFilesInput, installRestic, writeBackupFiles } from "../host/backup.ts";
import { BACKUP, RELEASE_LOG } from "../host/paths.ts";
import { lookForRebuild, noteStage, parseLast, parseRebuildSeen, type RebuildSeen, releasesInSnapshot, restoreDatabase, restoreFiles, type Stage, writeReleases } from "../host/rebuild.ts";
import { parseReleaseLog } from "../host/release-log.ts";
import { LIVING } from "../host/scratch.ts";
import { listSnapshots, parseSnapshots, type Snapshot } from "../host/snapshots.ts";
import type { Journal } from "../journal/journal.ts";
import { lookNow } from "../move/host-now.ts";
import { bringRelease } from "../move/steps/provision.ts";
import { askPublicly, publicNames } from "../public.ts";
import { resolveRelease } from "../release/resolve.ts";
import { mustRun, type Runner } from "../remote/runner.ts";
import { count } from "../report/units.ts";
import { publicWords } from "../rollout/public-gate.ts";
import { expectations } from "../rollout/wanted.ts";
import { refreshMachine, up } from "../stack/up.ts";
import { ranLast } from "./ran.ts";
import type { Came, Session, Work } from "./session.ts";

const LONG = 12 * 3600_000;
const RECOVERY_SECONDS = 6 * 3600;
/** DNS and what stands before the host take a moment to find a new address. */
const PUBLIC_SECONDS = 90;

export interface HostOptions { /** Instead of the one that it ran. */ release?: string | undefined }

export function hostWork(context: Context, name: string, { release: named }: HostOptions): Work {
  const came: Came = { notes: [] };
  const notes = came.notes!;
  return {
    came,
    async run(session) {
      const { step, hold, letGo, goOn, operation, wait, signal } = session;
      const secrets = await secretsFor(context);
      await step("look", () => mustBeGone(context, name));
      goOn();
      await step("provision", async (tell) => {
        const options = { directory: context.root, signal, waiting: (seconds: number) => tell(`another run of Pulumi has the stack, for ${seconds} s so far`) };
        tell("asking the cloud what is left");
        await refreshMachine(name, { ...options, log: join(context.root, ".etage", `refresh-${name}.log`) });
        tell(`pulumi up -s ${name}`);
        await up(name, { ...options, log: join(context.root, ".etage", `up-${name}.log`) });
        context.reread();
        return (await context.outputs(name)).address;
      });
      goOn();
      await step("lock", async () => { await hold(); return undefined; });
      const outputs = await context.outputs(name);
      const { dataPath, database } = outputs;
      const runner = await context.connect(name);
      const found: { seen: RebuildSeen } = { seen: { tables: 0 } };
      await step("settings", async () => {
        found.seen = parseRebuildSeen(await mustRun(runner, "looking for data", lookForRebuild(dataPath, LIVING, database), { timeout: 120_000 }));
        if ("tables" in found.seen) return `the volume has its data: ${count(found.seen.tables, "table")}`;
        await giveSettings();
        return found.seen.stage === "fresh" ? undefined : `goes on after ${found.seen.stage}`;
      });
      goOn();
      const stage = "stage" in found.seen ? found.seen.stage : null;
      await step("database", async (tell) => {
        if (stage === null) return "is there";
        if (stage === "database" || stage === "files") return "is restored";
        const said = await mustRun(runner, "restoring the database", restoreDatabase(dataPath, LIVING, name, database, RECOVERY_SECONDS), { timeout: LONG, onOutput: (chunk, stream) => { if (stream === "stdout") tell(chunk.trim().split("\n").at(-1)!); } });
        const last = parseLast(said);
        if (last) notes.push(`the last change that came back was made at ${last}`);
        return last ?? undefined;
      });
      goOn();
      await step("files", () => bringFiles(runner, dataPath, stage));
      goOn();
      await letGo();
      await step("release", async (tell) => {
        const release = await resolveRelease(context, named ?? await releaseOf(runner, context.journal, name));
        return bringRelease(context, name, release, { operation: operation.id, signal, wait, tell });
      });
      await step("backup", async () => {
        const planned = await plannedInstall(context, name, secrets);
        const said = await install(context, name, planned, secrets, { operation: operation.id, wait, signal });
        await mustRun(await context.connect(name), "noting the end", noteStage(dataPath, null));
        return said;
      });
      await step("gate", () => passPublicly(context, name, signal));
      came.next = `deploy backup status ${name} says when the first backup of the new host is there`;

      /** Only what restoring needs: the timers begin when there is something to back up. */
      async function giveSettings(): Promise<void> {
        const { plan, files } = await plannedInstall(context, name, secrets);
        // A database that is stopped between two tries says nothing of itself; what is needed was written before it was stopped.
        if (plan.faults[0] && "stage" in found.seen && found.seen.stage === "cleared") return;
        if (plan.faults[0]) throw new UserError(plan.faults[0].message, { hint: plan.faults[0].hint });
        if (plan.restic) await mustRun(runner, "installing restic", installRestic(), { timeout: 600_000 });
        const wanted = files.filter(({ path }) => path === `${BACKUP}/pgbackrest.conf` || path === `${BACKUP}/restic.env`);
        await mustRun(runner, "writing what backups are read with", writeBackupFiles(), { stdin: backupFilesInput(wanted) });
      }
    },
    afterwards: (session, failure) => afterwards(session, name, failure.step),
  };

  async function bringFiles(runner: Runner, dataPath: string, stage: Stage | null): Promise<string> {
    if (stage === null) return "are there";
    if (stage === "files") return "are restored";
    const snapshot = parseSnapshots(await mustRun(runner, "listing snapshots", listSnapshots("files"), { timeout: 300_000 })).at(-1);
    if (!snapshot) {
      notes.push("there was no snapshot of files: none came back");
      return "none";
    }
    const amount = (await mustRun(runner, "restoring files", restoreFiles(dataPath, snapshot), { timeout: LONG })).trim().split("\n").at(-1)!;
    await bringReleases(runner, snapshot);
    await mustRun(runner, "noting the files", noteStage(dataPath, "files"));
    notes.push(`files are as of ${snapshot.time}; those uploaded later are lost`);
    return `${amount} files of ${snapshot.time}`;
  }
}

/** @throws Refused when the host serves in good health and no rebuild was begun on it. */
async function mustBeGone(context: Context, name: string): Promise<string> {
  context.host(name);
  try {
    const { outputs, release } = await lookNow(context, name);
    const begun = (await (await context.connect(name)).run(["test", "-e", `${outputs.dataPath}/restore-host`])).code === 0;
    if (!begun) throw new Refused(`${name} serves ${release.version} in good health: there is nothing to rebuild`, "deploy restore customer SLUG brings one customer back; a host goes by runbooks/retire-a-host.md");
    return "a rebuild was begun";
  } catch (error) {
    if (error instanceof Refused || !(error instanceof UserError)) throw error;
    return error.message.split("\n")[0]!;
  }
}

async function bringReleases(runner: Runner, snapshot: Snapshot): Promise<void> {
  const text = await mustRun(runner, "reading the list of releases", releasesInSnapshot(snapshot), { timeout: 300_000 });
  if (text.trim()) await mustRun(runner, "writing the list of releases", writeReleases(), { stdin: text });
}

/** @throws UserError when nobody knows. */
async function releaseOf(runner: Runner, journal: Journal, host: string): Promise<string> {
  const ran = ranLast(parseReleaseLog((await runner.run(["cat", RELEASE_LOG])).stdout), await journal.operations(500, undefined, host));
  if (ran === null) throw new UserError(`nobody knows which release ${host} ran`, { hint: `deploy restore host ${host} --release vN` });
  return ran;
}

async function passPublicly(context: Context, name: string, signal: AbortSignal): Promise<string> {
  const { fleet, environment: { resolver } } = context;
  context.reread();
  const { host, outputs, release } = await lookNow(context, name);
  const names = publicNames(fleet, host, expectations(host, outputs.hostnames));
  for (let left = PUBLIC_SECONDS; ; left -= 3) {
    const wrong = await askPublicly(names, fleet.platform.app.health.version, release.version, resolver);
    if (wrong.length === 0) return `${names.length}/${names.length}`;
    if (left <= 0) throw new UserError(publicWords(wrong), { hint: `the host serves; see whether DNS leads to ${outputs.address}` });
    if (signal.aborted) throw new Interrupted(signal.reason);
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
}

async function afterwards(_session: Session, name: string, step: string): Promise<{ undone: string; next: string | null }> {
  const again = `deploy restore host ${name}`;
  if (step === "look") return { undone: "nothing was changed", next: null };
  if (step === "gate") return { undone: `${name} serves`, next: `deploy status` };
  return { undone: "what was made and brought back stays", next: `${again} goes on` };
}
