/** One step of an operation: in the journal before a host is told and after it answered, in the report as it happens. */
import { Interrupted, messageOf, UserError } from "../errors.ts";
import type { Journal } from "./journal.ts";

/** A step failed: which one, and why. Each kind of operation has its own, so that nobody takes another's for it. */
export abstract class StepFailure<Step extends string> extends Error {
  readonly step: Step;
  readonly reason: UserError;
  constructor(step: Step, reason: UserError) {
    super(reason.message);
    this.step = step;
    this.reason = reason;
  }
}

export interface StepEnd { outcome: "ok" | "failed"; seconds: number; detail: string | null }

export interface StepToNote<Step extends string> {
  journal: Journal;
  operation: string;
  host: string;
  step: Step;
  now: () => Date;
  /** What is thrown for a fault that a person can mend. */
  failure: new (step: Step, reason: UserError) => StepFailure<Step>;
  started(): void;
  ended(end: StepEnd): void;
}

/** `work` resolves with a word for journal and report. @throws `failure` for what a person can mend, anything else as it is. */
export async function noteStep<Step extends string>({ journal, operation, host, step, now, failure, started, ended }: StepToNote<Step>, work: () => Promise<string | undefined>): Promise<void> {
  const began = now();
  const id = await journal.stepStarted({ operation, host, step, startedAt: began.toISOString() });
  started();
  const end = async (outcome: StepEnd["outcome"], detail: string | null, asked = false): Promise<void> => {
    await journal.stepEnded(id, now().toISOString(), asked ? "stopped" : outcome, detail);
    ended({ outcome, seconds: (now().getTime() - began.getTime()) / 1000, detail });
  };
  try {
    await end("ok", await work() ?? null);
  } catch (error) {
    await end("failed", messageOf(error), error instanceof Interrupted);
    throw error instanceof UserError ? new failure(step, error) : error;
  }
}
