/** Takes a customer's rows, files and own backups from the host that serves it. */
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { all, script } from "../host/command.ts";
import { exportWords } from "../host/archive.ts";
import { runLimited, runOnce } from "../host/docker.ts";
import { forgetBackups, parseForgotten, wipeBackups } from "../host/backup.ts";
import { goodbyes, parseGoodbye, removeGoodbye, writeGoodbye } from "../host/leave.ts";
import { TENANTS } from "../host/paths.ts";
import { sha256 } from "../host/secrets.ts";
import type { LifeSession } from "../life/session.ts";
import type { HostNow } from "../move/host-now.ts";
import { fetchFile } from "../remote/fetch.ts";
import { lastLines, mustRun } from "../remote/runner.ts";
import { bytes, count } from "../report/units.ts";
import { appSpec, wantedOf } from "../rollout/wanted.ts";
import { archiveWords, backupWords, countWords, most } from "./earlier.ts";
import { countAt, type ErasureFacts } from "./facts.ts";
import { archiveFolder } from "./files.ts";
import { type ErasurePlan, total } from "./plan.ts";
import type { Progress } from "./run.ts";

/** The largest customer's archive, or its deletion, on a slow disk. */
const LONG_SECONDS = 3600;
const LONG = (LONG_SECONDS + 60) * 1000;

/** `progress` gets what it came to. */
export async function eraseAt(session: LifeSession, facts: ErasureFacts & { now: HostNow }, plan: ErasurePlan, progress: Progress): Promise<void> {
  const { context, slug, host, operation, signal, step } = session;
  const { platform } = context.fleet;
  const { now: { outputs, release, seen } } = facts;
  const runner = await context.connect(host);
  const wanted = wantedOf(platform, facts.now.host, outputs, release);
  const spec = appSpec(platform, outputs, wanted, "task", context.now());
  const recount = () => countAt(context, slug, facts.now, facts.tenancy!, facts.folders);

  await step("lock", async () => { await session.hold(); return undefined; });
  await step("suspend", async () => {
    if (seen.tenants === sha256(wanted.tenants)) return "the app knows it";
    // Not all of `apply`: only what keeps the customer's people out.
    await mustRun(runner, "telling the app that it is suspended", all(runLimited(LONG_SECONDS, runOnce(spec, "tenants", { stdin: true })), script("note-tenants", `printf %s "$2" >"$1"`, TENANTS, sha256(wanted.tenants))), { stdin: wanted.tenants, timeout: LONG });
    return "the app was told";
  });
  let there = facts.counted;
  await step("count", async () => {
    there = await recount();
    progress.counted = facts.earlier.counted ? most(facts.earlier.counted, there) : there;
    return countWords(progress.counted);
  });
  if (plan.archive && progress.archive === null && total(there.rows) > 0) {
    await step("export", async (tell) => {
      const folder = goodbyes(outputs.dataPath, slug);
      const file = `${slug}-${operation.id}.tar`;
      const written = parseGoodbye(await mustRun(runner, "writing the last archive", writeGoodbye(folder, file, runOnce(spec, exportWords(slug))), { timeout: LONG }));
      if (!written) throw new UserError(`${host}: nothing is known of the archive that was written`);
      const archive = { file, ...written };
      await fetchFile(runner, { from: `${folder}/${file}`, to: join(archiveFolder(context.root, platform.retention), archive.file), ...written, signal, progress: (at) => tell(`${bytes(at)} of ${bytes(written.bytes)}`) });
      await mustRun(runner, "removing the archive there", removeGoodbye(folder));
      progress.archive = archive;
      return archiveWords(archive);
    });
  }
  await step("erase", async () => {
    if (total(there.rows) === 0 && there.files.count === 0) return "nothing was there";
    const { code, stdout, stderr } = await runner.run(runLimited(LONG_SECONDS, runOnce(spec, ["erase", slug])), { timeout: LONG });
    if (code === 0) return undefined;
    // What a killed run began on the host may have come to its end meanwhile.
    const left = await recount();
    if (total(left.rows) === 0 && left.files.count === 0) return "a run before did it";
    throw new UserError(`${host}: the app did not erase ${slug}: ${lastLines((stderr || stdout).trim(), 5)}`);
  });
  await step("verify", async () => {
    const again = await recount();
    progress.left = { rows: total(again.rows), files: again.files.count };
    if (progress.left.rows + progress.left.files === 0) return "no row and no file is left";
    throw new UserError(`${host}: ${count(progress.left.rows, "row")} and ${count(progress.left.files, "file")} of ${slug} are still there: ${Object.keys(again.rows).join(", ")}`, { hint: `deploy erase ${slug} tries again` });
  });
  if (platform.backup) {
    await step("backups", async () => {
      // A host of its own goes with it, and all of that host's backups are its own.
      const removed = parseForgotten(await mustRun(runner, "removing its backups", plan.wipes ? wipeBackups() : forgetBackups(slug), { timeout: LONG }));
      progress.removedBackups = Math.max(progress.removedBackups, removed);
      return backupWords(removed);
    });
  }
}
