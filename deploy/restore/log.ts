/** Notes a restore's steps: in the journal before a host is told and after it answered, in the report as they happen. */
import { Interrupted, messageOf, UserError } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";
import type { Report } from "../report/event.ts";
import type { RestoreStep } from "./steps.ts";

/** A step of a restore failed: which one, and why. */
export class RestoreFailed extends Error {
  readonly step: RestoreStep;
  readonly reason: UserError;
  constructor(step: RestoreStep, reason: UserError) {
    super(reason.message);
    this.step = step;
    this.reason = reason;
  }
}

export type Tell = (text: string) => void;
/** One step, from its beginning to its end. `work` resolves with a word for the report. @throws RestoreFailed for what a person can mend. */
export type RunStep = (name: RestoreStep, work: (tell: Tell) => Promise<string | undefined>) => Promise<void>;

export interface StepsOptions { journal: Journal; report: Report; operation: string; subject: string; host: string; now: () => Date }

export function stepsOf({ journal, report, operation, subject, host, now }: StepsOptions): RunStep {
  return async (step, work) => {
    const began = now().getTime();
    const id = await journal.stepStarted({ operation, host, step, startedAt: now().toISOString() });
    report.event({ type: "restore-step-started", subject, host, step });
    const end = async (outcome: "ok" | "failed", detail: string | null, asked = false): Promise<void> => {
      await journal.stepEnded(id, now().toISOString(), asked ? "stopped" : outcome, detail);
      report.event({ type: "restore-step-ended", subject, host, step, outcome, seconds: (now().getTime() - began) / 1000, detail });
    };
    try {
      await end("ok", await work((text) => report.event({ type: "restore-progress", subject, step, text })) ?? null);
    } catch (error) {
      await end("failed", messageOf(error), error instanceof Interrupted);
      throw error instanceof UserError ? new RestoreFailed(step, error) : error;
    }
  };
}
