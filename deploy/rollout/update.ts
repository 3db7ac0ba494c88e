/** Brings one host to a release: the steps in their order, each in the journal, with a way back from every one of them. */
import { HostUnreachable, Interrupted, messageOf, Refused, UserError } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";
import type { HostOutcome, Report, StepName } from "../report/event.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { type Job, observed, type Step } from "./job.ts";
import type { Action } from "./judge.ts";
import { backupCheck } from "./steps/backup-check.ts";
import { drain } from "./steps/drain.ts";
import { gateInside } from "./steps/gate-inside.ts";
import { gateOutside } from "./steps/gate-outside.ts";
import { lock } from "./steps/lock.ts";
import { migrate } from "./steps/migrate.ts";
import { preflight } from "./steps/preflight.ts";
import { prune } from "./steps/prune.ts";
import { pull } from "./steps/pull.ts";
import { record } from "./steps/record.ts";
import { start } from "./steps/start.ts";
import { switchOver } from "./steps/switch.ts";
import { undo } from "./steps/undo.ts";
import { unlock } from "./steps/unlock.ts";

const FULL: readonly Step[] = [backupCheck, pull, migrate, start, gateInside, switchOver, gateOutside, drain, prune, record];
const REFRESH: readonly Step[] = [pull, migrate, switchOver, gateOutside];

/** What follows preflight, by what it judged. */
export const stepsFor: Readonly<Record<Action, readonly Step[]>> = { install: FULL, update: FULL, repair: FULL, refresh: REFRESH, none: [] };

/** The new release serves by then: their failure is told, and the host counts as updated. */
const AFTERWARDS: ReadonlySet<StepName> = new Set(["drain", "prune", "record"]);

export interface UpdateOptions { journal: Journal; report: Report; signal: AbortSignal }

/** Never throws for what a host does: the outcome says it. Throws Refused when the lock is held, and for bugs. */
export async function updateHost(job: Job, { journal, report, signal }: UpdateOptions): Promise<HostOutcome> {
  const began = job.now().getTime();
  const host = job.host.name;
  let current: StepName = "lock";
  let heartbeat: ReturnType<typeof startHeartbeat> | undefined;

  async function perform(step: Step): Promise<void> {
    current = step.name;
    const startedAt = job.now();
    const row = await journal.stepStarted({ operation: job.operation, host, step: step.name, startedAt: startedAt.toISOString() });
    report.event({ type: "step-started", host, step: step.name });
    const ended = async (outcome: "ok" | "failed", detail: string | null): Promise<void> => {
      const at = job.now();
      await journal.stepEnded(row, at.toISOString(), outcome, detail);
      report.event({ type: "step-ended", host, step: step.name, outcome, seconds: (at.getTime() - startedAt.getTime()) / 1000, detail });
    };
    try {
      const detail = await step.run(job) ?? null;
      await ended("ok", detail);
    } catch (error) {
      await ended("failed", messageOf(error));
      throw error;
    }
  }

  async function performAll(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      // Once requests are with the new release, going through is the shorter way to a sound host.
      if (signal.aborted && !job.switched) throw new Interrupted();
      if (heartbeat?.lost) throw new UserError(`${host}: the lock was taken over by somebody else, who thought this operation dead`);
      try {
        await perform(step);
      } catch (error) {
        if (!AFTERWARDS.has(step.name) || error instanceof HostUnreachable) throw error;
        report.event({ type: "note", host, message: `${step.name}: ${messageOf(error)}` });
      }
    }
  }

  const outcome = (kind: HostOutcome["outcome"], failure?: HostOutcome["failure"]): HostOutcome => ({
    host, outcome: kind, from: job.previous?.release ?? null, to: job.wanted.release.version,
    seconds: (job.now().getTime() - began) / 1000, ...(failure ? { failure } : {}),
  });

  try {
    await performAll([lock]);
    heartbeat = startHeartbeat(job);
    await performAll([preflight]);
    const { verdict } = observed(job);
    await performAll(stepsFor[verdict.action]);
    return outcome(verdict.action === "none" ? "unchanged" : "updated");
  } catch (error) {
    if (!(error instanceof UserError) || (error instanceof Refused && !job.locked)) throw error;
    const step = current;
    return outcome("failed", { step, reason: error.message, undone: await goBack(step, error), ...(error.hint ? { hint: error.hint } : {}), ...(error instanceof Interrupted ? { interrupted: true } : {}) });
  } finally {
    heartbeat?.stop();
    if (job.locked) await perform(unlock).catch((error: unknown) => report.event({ type: "note", host, message: `the lock stays until it expires: ${messageOf(error)}` }));
  }

  async function goBack(step: StepName, error: UserError): Promise<string> {
    const { version } = job.wanted.release;
    if (AFTERWARDS.has(step)) return `${version} serves there; the next run finishes what is left`;
    let said = "";
    try {
      await perform({ name: "undo", run: async () => said = await undo(job, `${step}: ${error.message.split("\n")[0]}`) });
      return said;
    } catch (failure) {
      return `what it runs now could not be made sure: ${messageOf(failure)}\nthe next run looks at the host and brings it right`;
    }
  }
}
