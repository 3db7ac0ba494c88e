/**
 * Puts what a scratch has in the place of a customer's living data: by the app's own import, in one transaction. The customer
 * is suspended meanwhile, so that whatever dies in between, the same again comes to the same end.
 */
import { UserError } from "../errors.ts";
import { describeArchive, exportWords, keepArchives, readArchive, writeArchive } from "../host/archive.ts";
import { runOnce } from "../host/docker.ts";
import { backups } from "../host/paths.ts";
import { removeFile, suspendCustomer, tellTenants, toldSince } from "../host/quiet-customer.ts";
import { type RestoreMark, writeRestoreMark } from "../host/restores.ts";
import { dropScratch } from "../host/scratch.ts";
import type { Context } from "../context.ts";
import { sql } from "../move/data/psql.ts";
import { ident, literal } from "../move/data/quote.ts";
import { describedBy } from "../move/description.ts";
import { CommandFailed, mustRun, type Runner } from "../remote/runner.ts";
import { count } from "../report/units.ts";
import { type Wanted, wantedOf } from "../rollout/wanted.ts";
import { type ArchiveEnd, missingNotes, parseArchive, parseImported, sameEnd } from "./archive.ts";
import { appOn } from "./beside.ts";
import { gatherRestore, type GatheredRestore } from "./facts.ts";
import { KEPT, KEPT_ENDING, type Place, placeOf } from "./place.ts";
import type { RestoreFailed } from "./log.ts";
import type { Came, Session, Work } from "./session.ts";

const LONG = 12 * 3600_000;
const SETTLE_SECONDS = 60;

interface Hands { gathered: GatheredRestore; runner: Runner; place: Place; mark: RestoreMark }

export function inPlaceWork(context: Context, slug: string): Work {
  const came: Came = {};
  let hands: Hands | undefined;
  const keptNotes: string[] = [];
  return {
    came,
    async run(session) {
      const { step, hold, goOn } = session;
      await step("lock", async () => { await hold(); return undefined; });
      await step("preflight", async () => {
        hands = await takeHands(context, slug);
        return hands.mark.phase === "beside" ? hands.mark.at : `goes on: ${hands.mark.phase}`;
      });
      const { gathered: { now }, runner, place, mark } = hands!;
      goOn();
      if (mark.phase !== "replaced") await replace(session, hands!);
      await step("resume", () => resumeCustomer(context, hands!));
      await step("drop", async () => { await mustRun(runner, "removing the scratch", dropScratch(slug, place.all), { timeout: LONG }); return undefined; });
      await runner.run(keepArchives(backups(now.outputs.dataPath), KEPT_ENDING, KEPT));
      came.notes = [`what ${slug} had before is kept: ${now.host.name}:${place.kept}`, ...keptNotes, `sessions ended: its people sign in again`];
    },
    afterwards: (session, failure) => afterwards(session, failure, hands),
  };

  async function replace({ step, operation, goOn }: Session, { gathered, runner, place, mark }: Hands): Promise<void> {
    const { now } = gathered;
    const spec = appOn(context, gathered.now);
    const note = (phase: RestoreMark["phase"]): Promise<string> => mustRun(runner, "noting the restore", writeRestoreMark({ ...mark, operation: operation.id, phase }));
    await step("suspend", async () => {
      // Somebody let the customer work again since an earlier try: what was kept then is no longer what it has.
      const stale = mark.phase === "replacing" && (await mustRun(runner, "looking whether the app was told since", toldSince())).trim() === "told";
      if (stale) await mustRun(runner, "removing what was kept", removeFile(place.kept));
      await note("replacing");
      await mustRun(runner, "suspending the customer", suspendCustomer(quietOf(context, hands!), SETTLE_SECONDS), { stdin: suspended(tenantsOf(context, hands!), slug), timeout: 300_000 });
      return undefined;
    });
    goOn();
    await step("keep", async () => {
      if (await isThere(runner, place.kept)) return "is there";
      const { end } = parseArchive(await mustRun(runner, "exporting what the customer has now", writeArchive(place.kept, runOnce(spec, exportWords(slug), { unlogged: true })), { timeout: LONG }), place.kept);
      keptNotes.push(...missingNotes(end, "gone from what it had"));
      return rowsOf(end);
    });
    goOn();
    const ends: { is?: ArchiveEnd } = {};
    await step("import", async () => {
      const { end } = parseArchive(await mustRun(runner, "reading the archive", describeArchive(place.archive), { timeout: LONG }), place.archive);
      const imported = parseImported(await mustRun(runner, "importing", readArchive(place.archive, runOnce(spec, ["import", "--as", slug, "--replace"], { stdin: true })), { timeout: LONG }));
      if (!sameEnd(end, imported)) throw new UserError("the app did not take in what the archive has", { hint: `deploy history show ${operation.id}` });
      ends.is = end;
      return rowsOf(end);
    });
    await step("check", async () => {
      const { tenancy } = await describedBy(runner, now.release, slug);
      const faults: string[] = [];
      for (const { table, column } of tenancy.rows) {
        const wanted = ends.is!.tables[table]?.rows;
        if (wanted === undefined) continue;
        const found = Number(await sql({ runner, database: now.outputs.database, container: place.scratch.living }, "counting rows", `select count(*) from ${table.split(".").map(ident).join(".")} where ${ident(column)} = ${literal(String(tenancy.key))};\n`));
        if (found !== wanted) faults.push(`${table} has ${found} rows, the archive ${wanted}`);
      }
      if (faults.length > 0) throw new UserError(faults.join("\n"));
      await note("replaced");
      return `${count(Object.keys(ends.is!.tables).length, "table")} as in the archive`;
    });
  }
}

/** @throws UserError unless a scratch with an archive stands there. */
async function takeHands(context: Context, slug: string): Promise<Hands> {
  const gathered = await gatherRestore(context, slug);
  const { facts: { seen: { mark, archived }, moves, host }, now } = gathered;
  if (!mark) throw new UserError(`there is no scratch of ${slug} on ${host}`, { hint: `deploy restore customer ${slug} --to TIME makes one` });
  if (mark.phase === "beside" && !archived) throw new UserError(`the scratch of ${slug} is not ready`, { hint: `deploy restore customer ${slug} --to ${mark.at} goes on with it` });
  if (moves.some((move) => move.slug === slug)) throw new UserError(`${slug} is being moved`, { hint: `deploy move status ${slug} says how it stands` });
  return { gathered, mark, place: placeOf(now.outputs, host, slug, mark), runner: await context.connect(host) };
}

const rowsOf = ({ tables, files }: ArchiveEnd): string => `${count(Object.values(tables).reduce((sum, { rows }) => sum + rows, 0), "row")}, ${count(files.count, "file")}`;

const wantedHere = ({ fleet: { platform } }: Context, { gathered: { now: { host, outputs, release } } }: Pick<Hands, "gathered">): Wanted => wantedOf(platform, host, outputs, release);
export const tenantsOf = (context: Context, hands: Pick<Hands, "gathered">): string => wantedHere(context, hands).tenants;
const suspended = (tenants: string, slug: string): string =>
  JSON.stringify((JSON.parse(tenants) as { slug: string }[]).map((tenant) => tenant.slug === slug ? { ...tenant, status: "suspended" } : tenant));

function quietOf(context: Context, { gathered, place }: Pick<Hands, "gathered" | "place">): Parameters<typeof suspendCustomer>[0] {
  return {
    living: place.scratch.living, database: gathered.now.outputs.database, telling: runOnce(appOn(context, gathered.now), "tenants", { stdin: true }),
    seconds: context.fleet.platform.rollout.migrateSeconds,
  };
}

/** As customers.yaml says. */
export async function resumeCustomer(context: Context, hands: Pick<Hands, "gathered" | "place" | "runner">): Promise<string | undefined> {
  const tenants = tenantsOf(context, hands);
  await mustRun(hands.runner, "telling the app its customers", tellTenants(quietOf(context, hands), tenants), { stdin: tenants, timeout: 300_000 });
  return undefined;
}

const isThere = async (runner: Runner, path: string): Promise<boolean> => (await runner.run(["sudo", "-n", "test", "-e", path])).code === 0;

/** The import is whole or not at all. When its end is known to be bad, the customer goes on with what it had; when it is not known, nobody is let in. */
async function afterwards({ context, step, operation }: Session, { step: at, reason }: RestoreFailed, hands: Hands | undefined): Promise<{ undone: string; next: string | null }> {
  const slug = hands?.mark.slug;
  if (!hands || !slug || at === "lock" || at === "preflight") return { undone: "nothing was changed", next: null };
  const again = `deploy restore customer ${slug} --in-place`;
  if (at === "resume" || at === "drop") return { undone: `${slug} has what it had at ${hands.mark.at}`, next: `${again} does what is left` };
  const known = reason instanceof CommandFailed && at !== "check";
  if (!known && at !== "undo") return { undone: `${slug} is suspended: whether the import went through is not known here`, next: `${again} goes on` };
  try {
    await step("undo", async () => {
      await resumeCustomer(context, hands);
      await mustRun(hands.runner, "noting the restore", writeRestoreMark({ ...hands.mark, operation: operation.id, phase: "beside" }));
      return "active again";
    });
    return { undone: `${slug} goes on with what it had; the scratch stays`, next: again };
  } catch {
    return { undone: `${slug} may be suspended still`, next: `${again} goes on; deploy restore drop ${slug} ends it` };
  }
}
