/** What update-all, update, rollback and resume share: show the plan, ask, run, tell. */
import type { Context } from "../context.ts";
import { confirmed } from "../confirm.ts";
import { exitCode, messageOf, Refused } from "../errors.ts";
import type { ReleaseRecord } from "../host/release-log.ts";
import type { Journal } from "../journal/journal.ts";
import { openSqlite } from "../journal/sqlite.ts";
import type { Summary } from "../report/event.ts";
import { noticesOf } from "../report/notify/notices.ts";
import { openNotifier } from "../report/notify/notifier.ts";
import { bringAhead, NOTHING } from "./ahead.ts";
import { bakeRing } from "./bake-ring.ts";
import { describePlan } from "./describe.ts";
import { makeJob, releaseOf } from "./jobs.ts";
import { openOperation, type Operation, operationId } from "./operation.ts";
import { plannedHosts } from "./plan.ts";
import type { Prepared } from "./prepare.ts";
import { exitOf, type Rollout, runRollout } from "./run.ts";
import type { Ahead } from "./share-image.ts";
import { mustBeStartable } from "./startable.ts";

export interface PerformOptions {
  /** As typed. */
  verb: string;
  /** Ask before anything is changed. */
  ask: boolean;
  dryRun: boolean;
  /** Seconds to wait for locks of others. */
  wait?: number;
  /** Operation that this one resumes. */
  parent?: string;
  /** Only one such operation at a time; other verbs touch one host, whose own lock is enough. */
  fleetWide?: boolean;
}

/** Resolves with the exit code. */
export async function perform(context: Context, prepared: Prepared, options: PerformOptions): Promise<number> {
  const { plan } = prepared;
  const { report, fleet: { platform }, environment: { operator: by, machine }, now } = context;
  const { verb, ask, dryRun } = options;
  // Opened before anything starts: a name without a value, or half a URL, is a fault of the configuration.
  const notifier = openNotifier(platform.notify, process.env);
  report.text(describePlan(plan));
  report.data({ plan });
  mustBeStartable(plan, verb);
  if (ask && !dryRun && plannedHosts(plan).length > 0 && !await confirmed("Go on?", context.signal)) throw new Refused("declined; nothing was changed");
  if (dryRun) {
    await runPlan(context, prepared, options, openSqlite(":memory:"));
    report.text("Nothing was changed: this was a dry run.");
    return exitCode.ok;
  }
  const notices = noticesOf(report, notifier, { platform: platform.name, by, machine }, now);
  try {
    return exitOf(await runPlan({ ...context, report: notices.report }, prepared, options, context.journal));
  } finally {
    await notices.close();
  }
}

/** Runs a plan as an operation of its own, without asking or telling anybody but the report. */
export async function runPlan(context: Context, prepared: Prepared, options: PerformOptions, journal: Journal): Promise<Summary> {
  const { plan } = prepared;
  const { report } = context;
  const { verb, wait = 0, parent, fleetWide } = options;
  const operation = await openOperation(context, journal, {
    id: operationId(context), verb, subject: plan.release.version, plan: JSON.stringify(plan), wait,
    ...(parent ? { parent } : {}), ...(fleetWide ? { lock: "rollout" } : {}),
  });
  try {
    report.event({ type: "operation-started", operation: operation.id, verb, release: plan.release.version, hosts: plannedHosts(plan).length, rings: plan.rings.length, expectedSeconds: plan.prediction.seconds });
    const ahead = options.dryRun ? NOTHING : bringAhead(context, prepared, operation.signal);
    const summary = await runRollout(rolloutOf(context, prepared, options, operation, ahead)).finally(() => ahead.end());
    await operation.end(summary.ok ? "ok" : summary.stopped ? "stopped" : "failed", JSON.stringify(summary));
    if (!options.dryRun) report.event({ type: "operation-ended", summary });
    return summary;
  } catch (error) {
    await operation.end(error instanceof Refused ? "refused" : "failed", messageOf(error));
    throw error;
  }
}

function rolloutOf(context: Context, prepared: Prepared, { verb, dryRun, wait = 0 }: PerformOptions, { id: operation, journal, signal }: Operation, ahead: Ahead): Rollout {
  const { plan, looks } = prepared;
  const { fleet, report, now } = context;
  const kind: ReleaseRecord["verb"] = verb === "rollback" ? "rollback" : "update";
  return {
    operation, verb, plan, journal, report, signal, wait, now,
    async job(host) {
      await ahead.of(host);
      return makeJob(context, host, { looks, release: plan.release, operation, verb: kind, dry: dryRun });
    },
    jobBack: (host, to, id) => makeJob(context, host, { looks, release: releaseOf(to, plan.release.repository), operation: id, verb: "rollback", dry: dryRun }),
    bake: (hosts, ring) => bakeRing(context, hosts, ring, signal),
    census: dryRun ? null : { fleet, outputs: context.outputs, connect: context.connect },
  };
}
