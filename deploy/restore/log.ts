/** A restore's steps, as the journal and the report have them. */
import type { Journal } from "../journal/journal.ts";
import { noteStep, StepFailure } from "../journal/step.ts";
import type { Report } from "../report/event.ts";
import type { RestoreStep } from "./steps.ts";

export class RestoreFailed extends StepFailure<RestoreStep> {}

export type Tell = (text: string) => void;
/** One step, from its beginning to its end. `work` resolves with a word for the report. @throws RestoreFailed for what a person can mend. */
export type RunStep = (name: RestoreStep, work: (tell: Tell) => Promise<string | undefined>) => Promise<void>;

export interface StepsOptions { journal: Journal; report: Report; operation: string; subject: string; host: string; now: () => Date }

export const stepsOf = ({ journal, report, operation, subject, host, now }: StepsOptions): RunStep => (step, work) => noteStep({
  journal, operation, host, step, now, failure: RestoreFailed,
  started: () => report.event({ type: "restore-step-started", subject, host, step }),
  ended: (end) => report.event({ type: "restore-step-ended", subject, host, step, ...end }),
}, () => work((text) => report.event({ type: "restore-progress", subject, step, text })));
