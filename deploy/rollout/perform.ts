/** What update-all, update and rollback share: show the plan, ask, run, tell. */
import { createInterface } from "node:readline/promises";
import type { Context } from "../context.ts";
import { exitCode, Refused, UserError } from "../errors.ts";
import { openSqlite } from "../journal/sqlite.ts";
import type { ReleaseRecord } from "../host/release-log.ts";
import { noticesOf } from "../report/notify/notices.ts";
import { openNotifier } from "../report/notify/notifier.ts";
import type { Report, Summary } from "../report/event.ts";
import { describePlan } from "./describe.ts";
import { plannedHosts } from "./plan.ts";
import { jobMaker, type Prepared } from "./prepare.ts";
import { exitOf, runRollout } from "./run.ts";

export interface PerformOptions {
  /** As typed. */
  verb: string;
  /** Ask before anything is changed. */
  ask: boolean;
  dryRun: boolean;
}

/** Resolves with the exit code. */
export async function perform(context: Context, prepared: Prepared, options: PerformOptions): Promise<number> {
  const { environment, now, fleet: { platform } } = context;
  // Opened before anything starts: a variable without a value, or half a URL, is a fault of the configuration.
  const notifier = openNotifier(options.dryRun ? { ...platform.notify, on: [] } : platform.notify, process.env, now);
  const notices = noticesOf(context.report, notifier, { platform: platform.name, by: environment.operator, machine: environment.machine }, now);
  try {
    return await run(context, prepared, options, notices.report);
  } finally {
    await notices.close();
  }
}

async function run(context: Context, prepared: Prepared, { verb, ask, dryRun }: PerformOptions, report: Report): Promise<number> {
  const { plan } = prepared;
  const { environment, now } = context;
  const { version } = plan.release;
  const operation = `${now().toISOString().slice(0, 19).replace(/\D/g, "")}-${context.shortId()}`;
  report.text(describePlan(plan));
  report.data({ plan });
  if (plan.refused.length > 0) {
    const hosts = plan.refused.map(({ host }) => host);
    // A wrong setting is mended once; leaving every host out of the run would be no advice.
    if (plan.refused.every(({ usage }) => usage)) throw new UserError("nothing was changed", { code: exitCode.usage });
    throw new UserError(`nothing was changed, since ${hosts.join(", ")} can't be updated now`, {
      ...(verb === "update-all" ? { hint: `mend ${hosts.length === 1 ? "it" : "them"}, or leave ${hosts.length === 1 ? "it" : "them"} out: deploy update-all ${version} --except ${hosts.join(",")}` } : {}),
    });
  }
  if (plan.forbidden) throw new Refused(`nothing was changed: ${plan.forbidden.reason}`, plan.forbidden.hint);
  if (ask && !dryRun && plannedHosts(plan).length > 0 && !await confirmed()) throw new Refused("declined; nothing was changed");
  report.event({ type: "operation-started", operation, verb, release: version, hosts: plannedHosts(plan).length, rings: plan.rings.length, expectedSeconds: plan.prediction.seconds });

  const journal = dryRun ? openSqlite(":memory:") : context.journal;
  await journal.begin({ id: operation, verb, subject: version, by: environment.operator, machine: environment.machine, startedAt: now().toISOString() });
  const kind: ReleaseRecord["verb"] = verb === "rollback" ? "rollback" : "update";
  const ended = async (ok: boolean, detail: string): Promise<void> => journal.end(operation, now().toISOString(), ok ? "ok" : "failed", detail);
  let summary: Summary;
  try {
    summary = await runRollout({ operation, verb, plan, job: jobMaker(context, prepared, operation, kind, dryRun), journal, report, signal: context.signal, now });
  } catch (error) {
    await ended(false, error instanceof Error ? error.message : String(error));
    throw error;
  }
  await ended(summary.ok, JSON.stringify(summary.hosts.map(({ host, outcome }) => [host, outcome])));
  if (dryRun) {
    report.text("Nothing was changed: this was a dry run.");
    return exitCode.ok;
  }
  for (const host of plan.unchanged) report.event({ type: "note", host, message: `already on ${version}` });
  report.event({ type: "operation-ended", summary });
  return exitOf(summary);
}

async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Refused("there is no terminal to ask on; nothing was changed", "--yes goes on without asking");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question("Go on? [y/N] ")).trim());
  } finally {
    prompt.close();
  }
}
