/** Brings one host to a release: the steps in their order, each in the journal, with a way back from every one of them. */
import { HostUnreachable, Interrupted, messageOf, TimedOut, UserError } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";
import type { HostOutcome, Report, StepName } from "../report/event.ts";
import { batches, runBatch, StepFailed } from "./batch.ts";
import { type Pulse, startHeartbeat } from "./heartbeat.ts";
import { type Job, observed, type Step } from "./job.ts";
import { type Action, backupsDiffer } from "./judge.ts";
import { openStepLog, type StepLog } from "./step-log.ts";
import { canary, canaryNames } from "./steps/canary.ts";
import { backupCheck } from "./steps/backup-check.ts";
import { backups } from "./steps/backups.ts";
import { drain } from "./steps/drain.ts";
import { gateInside } from "./steps/gate-inside.ts";
import { gateOutside } from "./steps/gate-outside.ts";
import { lock, LockHeld } from "./steps/lock.ts";
import { lockAfterWaiting } from "./steps/lock-after-waiting.ts";
import { migrate } from "./steps/migrate.ts";
import { preflight } from "./steps/preflight.ts";
import { prune } from "./steps/prune.ts";
import { pull } from "./steps/pull.ts";
import { record } from "./steps/record.ts";
import { start } from "./steps/start.ts";
import { steady } from "./steps/steady.ts";
import { switchOver } from "./steps/switch.ts";
import { undo } from "./steps/undo.ts";
import { unlock } from "./steps/unlock.ts";

const FULL: readonly Step[] = [backupCheck, pull, migrate, start, gateInside, canary, switchOver, gateOutside, steady, drain, prune, record, backups];
const REFRESH: readonly Step[] = [pull, migrate, switchOver, gateOutside, backups];

/** What follows preflight, by what it judged. */
export const stepsFor: Readonly<Record<Action, readonly Step[]>> = { install: FULL, update: FULL, repair: FULL, refresh: REFRESH, none: [] };

/** The new release serves by then. */
const AFTERWARDS: ReadonlySet<StepName> = new Set([drain, prune, record, backups, unlock].map(({ name }) => name));

export interface UpdateOptions {
  journal: Journal;
  report: Report;
  signal: AbortSignal;
  /** Seconds to wait for somebody else's lock. */
  wait: number;
  /** The new release serves and has stayed well: what is left is tidying up. */
  serves?(): void;
}

/** Never throws for what a host does: the outcome says it. Throws LockHeld when somebody holds the host, and for bugs. */
export async function updateHost(job: Job, { journal, report, signal, wait, serves }: UpdateOptions): Promise<HostOutcome> {
  const began = job.now().getTime();
  const host = job.host.name;
  const log = openStepLog({ journal, report, operation: job.operation, host, now: job.now });
  let heartbeat: Pulse | undefined;
  job.stop = signal;

  const outcome = (kind: HostOutcome["outcome"], failure?: HostOutcome["failure"]): HostOutcome => ({
    host, outcome: kind, from: job.previous?.release ?? null, to: job.wanted.release.version,
    seconds: (job.now().getTime() - began) / 1000, ...(failure ? { failure } : {}),
  });
  const perform = async (steps: readonly Step[]): Promise<void> => {
    for (const batch of batches(steps)) {
      // Once requests are with the new release, going through is the shorter way to a sound host.
      if (signal.aborted && !job.switched) throw new StepFailed(batch[0]!.name, new Interrupted(signal.reason));
      // The host looks itself before each stage; this is for conversations, and for a machine that slept.
      if (heartbeat && !await heartbeat.sure()) throw new StepFailed(batch[0]!.name, new UserError(`${host}: the lock was taken over by somebody else, who thought this operation dead`));
      await runBatch(job, batch, log, signal);
    }
  };

  try {
    await lockAndLook();
    heartbeat = startHeartbeat(job);
    const { verdict } = observed(job);
    const steps = stepsFor[verdict.action].filter((step) => (step !== canary || canaryNames(job).length > 0) && (step !== backups || backupsDiffer(observed(job).seen, job.wanted)));
    await perform(steps.filter(({ name }) => !AFTERWARDS.has(name)));
    if (steps.length > 0) serves?.();
    await perform([...steps.filter(({ name }) => AFTERWARDS.has(name)), unlock]);
    await Promise.all(job.aside);
    return outcome(verdict.action === "none" ? "unchanged" : "updated");
  } catch (error) {
    if (!(error instanceof StepFailed) || error.reason instanceof LockHeld) throw error instanceof StepFailed ? error.reason : error;
    const { step, reason } = error;
    return outcome("failed", { step, reason: reason.message, undone: await goBack(job, log, error), ...(reason.hint ? { hint: reason.hint } : {}), ...(reason instanceof Interrupted ? { interrupted: true } : {}) });
  } finally {
    heartbeat?.stop();
    if (job.locked) await runBatch(job, [unlock], log, signal).catch((error: unknown) => job.note(`the lock stays until it expires: ${messageOf(error)}`));
  }

  /** Both in one round trip; a lock that somebody holds is waited for as far as that was asked for. */
  async function lockAndLook(): Promise<void> {
    try {
      await perform([lock, preflight]);
    } catch (error) {
      if (!(error instanceof StepFailed && error.reason instanceof LockHeld)) throw error;
      await perform([lockAfterWaiting(wait, (event) => report.event({ type: "waiting", host, ...event })), preflight]);
    }
  }
}

/** Resolves with a sentence about what was done. */
async function goBack(job: Job, log: StepLog, { step, reason }: StepFailed): Promise<string> {
  if (AFTERWARDS.has(step)) return `${job.wanted.release.version} serves there; the next run finishes what is left`;
  let said = "";
  try {
    const unsure = reason instanceof HostUnreachable || reason instanceof TimedOut;
    await runBatch(job, [{ name: "undo", run: async () => said = await undo(job, { reason: `${step}: ${reason.message.split("\n")[0]}`, unsure }) }], log, new AbortController().signal);
    return said;
  } catch (failure) {
    if (!(failure instanceof StepFailed || failure instanceof UserError)) throw failure;
    return `what it runs now could not be made sure: ${messageOf(failure)}\nthe next run looks at the host and brings it right`;
  }
}
