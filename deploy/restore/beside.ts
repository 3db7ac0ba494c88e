/** A customer as it was at a time, beside the living one: scratch database, files, archive, comparison. Every step looks first what is there. */
import { UserError } from "../errors.ts";
import { describeArchive, exportWords, writeArchive } from "../host/archive.ts";
import { runLimited, runOnce } from "../host/docker.ts";
import { countFiles, parseFileCount } from "../host/file-count.ts";
import { gatherFiles } from "../host/snapshots.ts";
import { restoreScratch, scratchSecrets, shipWal, startScratch } from "../host/scratch.ts";
import { writeRestoreMark } from "../host/restores.ts";
import type { Context } from "../context.ts";
import type { HostNow } from "../move/host-now.ts";
import { describedBy } from "../move/description.ts";
import { type CommandFailed, mustRun, type Runner } from "../remote/runner.ts";
import { comparedWords } from "../report/restore-summary.ts";
import type { Comparison } from "../report/restore-event.ts";
import { bytes, count } from "../report/units.ts";
import { appSpec, wantedOf } from "../rollout/wanted.ts";
import type { AppSpec } from "../host/docker.ts";
import { type Archive, missingNotes, parseArchive } from "./archive.ts";
import { compareRows, parseCompared } from "./compare.ts";
import { gatherRestore, type GatheredRestore } from "./facts.ts";
import { onScratch, type Place, placeOf } from "./place.ts";
import { planRestore } from "./plan.ts";
import type { Came, Work } from "./session.ts";

/** Milliseconds: of what grows with the data; of what waits for the archive. */
const LONG = 12 * 3600_000;
const SHIP_SECONDS = 60;
/** Seconds without an end after which recovery counts as failed; it says how far it is meanwhile. */
const RECOVERY_SECONDS = 6 * 3600;

export function besideWork(context: Context, slug: string, at: string): Work {
  const came: Came = {};
  return {
    came,
    async run(session) {
      const { step, hold, goOn, operation } = session;
      const found: { gathered?: GatheredRestore } = {};
      await step("lock", async () => { await hold(); return undefined; });
      await step("preflight", async () => {
        const gathered = found.gathered = await gatherRestore(context, slug);
        const { faults, from } = planRestore(gathered.facts, at);
        if (faults.length > 0) throw new UserError(faults.map(({ message }) => message).join("\n"), { hint: faults.flatMap(({ mend }) => mend ?? []).join("; ") || "deploy backup status says more" });
        const runner = await context.connect(gathered.now.host.name);
        await mustRun(runner, "noting the restore", writeRestoreMark({ slug, operation: operation.id, at, phase: "beside", by: context.environment.operator, since: context.now().toISOString() }));
        return `backup ${from}`;
      });
      const { now, facts } = found.gathered!;
      const runner = await context.connect(now.host.name);
      const place = placeOf(now.outputs, now.host.name, slug, { at, since: at });
      const spec = appOn(context, found.gathered!.now);
      goOn();
      const there = facts.seen.container?.at === at;
      await step("ship", async () => there ? "is there" : (await mustRun(runner, "waiting for the archive", shipWal(place.scratch, SHIP_SECONDS), { timeout: (SHIP_SECONDS + 30) * 1000 })).trim());
      goOn();
      await step("database", (tell) => bringDatabase(runner, place, there, tell));
      goOn();
      await step("schema", async () => {
        await mustRun(runner, "giving the app its scratch database", scratchSecrets(place.scratch, place.secrets));
        const { migrateSeconds } = context.fleet.platform.rollout;
        await mustRun(runner, "bringing the scratch to the release's schema", runLimited(migrateSeconds, runOnce(onScratch(spec, place), "migrate")), { timeout: (migrateSeconds + 60) * 1000 });
        return now.release.version;
      });
      goOn();
      const { tenancy, folders } = await describedBy(runner, now.release, slug);
      await step("files", async () => {
        const snapshots = planRestore(facts, at).snapshots;
        await mustRun(runner, "gathering files", gatherFiles({ dataPath: now.outputs.dataPath, into: place.uploads, folders, snapshots, group: place.secrets.group }), { timeout: LONG });
        return count(snapshots.length, "snapshot");
      });
      goOn();
      const archives: { is?: Archive } = {};
      await step("archive", async () => {
        archives.is = await bringArchive(runner, spec, place, facts.seen.archived && there);
        return `${count(Object.values(archives.is.end.tables).reduce((sum, { rows }) => sum + rows, 0), "row")}, ${count(archives.is.end.files.count, "file")} (${bytes(archives.is.end.files.bytes)})`;
      });
      goOn();
      await step("compare", async () => {
        came.comparison = await compared(runner, now.outputs, place, archives.is!, { tenancy, folders });
        return comparedWords(came.comparison);
      });
      came.notes = [...missingNotes(archives.is!.end, "in no snapshot near that time and on the disk no more"), `to look at it: deploy ssh ${now.host.name} -- docker exec -i scratch-${slug} psql -U ${now.outputs.database.user} ${now.outputs.database.name}`];
      came.next = `deploy restore customer ${slug} --in-place puts it in the place of what ${slug} has now; deploy restore drop ${slug} removes it`;
    },
    afterwards: async () => ({ undone: `${slug} goes on as before; what was prepared stays`, next: `the same again goes on; deploy restore drop ${slug} ends it` }),
  };
}

/** The app as it runs on the host, for its commands. */
export const appOn = ({ fleet: { platform }, now }: Pick<Context, "fleet" | "now">, { host, outputs, release }: Pick<HostNow, "host" | "outputs" | "release">): AppSpec =>
  appSpec(platform, outputs, wantedOf(platform, host, outputs, release), "task", now());

async function bringDatabase(runner: Runner, { scratch }: Place, there: boolean, tell: (text: string) => void): Promise<string> {
  if (!there) {
    tell("pgbackrest restore");
    await mustRun(runner, "restoring the database", restoreScratch(scratch), { timeout: LONG });
  }
  tell("going on to that time");
  await mustRun(runner, "starting the scratch database", startScratch(scratch, RECOVERY_SECONDS), { timeout: (RECOVERY_SECONDS + 60) * 1000, onOutput: (chunk, stream) => { if (stream === "stdout") tell(chunk.trim().split("\n").at(-1)!); } });
  return there ? "is there" : `scratch-${scratch.slug}`;
}

async function bringArchive(runner: Runner, spec: AppSpec, place: Place, there: boolean): Promise<Archive> {
  const { scratch: { slug, at }, archive } = place;
  if (there) return parseArchive(await mustRun(runner, "reading the archive", describeArchive(archive), { timeout: LONG }), archive);
  try {
    return parseArchive(await mustRun(runner, "exporting from the scratch", writeArchive(archive, runOnce(onScratch(spec, place), exportWords(slug), { unlogged: true })), { timeout: LONG }), archive);
  } catch (error) {
    if (!/no organisation|not on this host/i.test((error as CommandFailed).message)) throw error;
    throw new UserError(`${slug} was not in that database at ${at}`, { hint: `it was on another host then, or not there yet; deploy restore drop ${slug} removes the scratch`, cause: error });
  }
}

async function compared(runner: Runner, { database, dataPath }: GatheredRestore["now"]["outputs"], { scratch, archive }: Place, { manifest, end }: Archive, { tenancy, folders }: Awaited<ReturnType<typeof describedBy>>): Promise<Comparison> {
  const archived = tenancy.rows.filter(({ table }) => table in manifest.tables);
  const [text, files] = await Promise.all([
    mustRun(runner, "comparing rows", compareRows({ slug: scratch.slug, living: scratch.living, database, archive, tables: archived, key: tenancy.key }), { timeout: LONG }),
    mustRun(runner, "counting files", countFiles(dataPath, folders), { timeout: LONG }),
  ]);
  return { tables: parseCompared(text), stays: tenancy.rows.filter(({ table }) => !(table in manifest.tables)).map(({ table }) => table), files: { now: parseFileCount(files).count, then: end.files.count } };
}
