/** Notes a move's steps: in the journal before a host is told and after it answered, in the report as they happen. */
import type { UserError } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";
import { noteStep, StepFailure } from "../journal/step.ts";
import type { Report } from "../report/event.ts";
import type { MoveStep } from "./steps.ts";

export class MoveFailed extends StepFailure<MoveStep> {}

export interface MoveLog {
  /** One step, from its beginning to its end. `work` resolves with a word for the report. @throws MoveFailed for what a person can mend. */
  step(name: MoveStep, host: string, work: (tell: (text: string) => void) => Promise<string | undefined>): Promise<void>;
  /** Steps that a host is about to go through by itself, in their order. */
  expect(names: readonly MoveStep[], host: string): Promise<Expected>;
}

export interface Expected {
  ended(name: MoveStep, outcome: "ok" | "failed", milliseconds: number, detail: string | null): Promise<void>;
  /** @throws MoveFailed, always. */
  failed(name: MoveStep, reason: UserError): Promise<never>;
  /** What it never came to is noted as skipped. */
  close(): Promise<void>;
}

export interface MoveLogOptions { journal: Journal; report: Report; operation: string; customer: string; now: () => Date }

export function openMoveLog({ journal, report, operation, customer, now }: MoveLogOptions): MoveLog {
  const at = (): string => now().toISOString();
  return {
    step: (step, host, work) => noteStep({
      journal, operation, host, step, now, failure: MoveFailed,
      started: () => report.event({ type: "move-step-started", customer, host, step }),
      ended: (end) => report.event({ type: "move-step-ended", customer, host, step, ...end }),
    }, () => work((text) => report.event({ type: "move-progress", customer, step, text }))),
    async expect(names, host) {
      const ids = await journal.stepsExpected(operation, host, names, at());
      const open = new Map(names.map((name, place) => [name, ids[place]!]));
      const ended: Expected["ended"] = async (name, outcome, milliseconds, detail) => {
        const id = open.get(name);
        if (id === undefined) return;
        open.delete(name);
        const end = now().getTime();
        await journal.stepBegan(id, new Date(end - milliseconds).toISOString());
        await journal.stepEnded(id, new Date(end).toISOString(), outcome, detail);
        report.event({ type: "move-step-ended", customer, host, step: name, outcome, seconds: milliseconds / 1000, detail });
      };
      return {
        ended,
        async failed(name, reason) {
          await ended(name, "failed", 0, reason.message);
          throw new MoveFailed(name, reason);
        },
        async close() {
          for (const id of open.values()) await journal.stepEnded(id, at(), "skipped", "not reached");
          open.clear();
        },
      };
    },
  };
}
