/** Notes a move's steps: in the journal before a host is told and after it answered, in the report as they happen. */
import { Interrupted, messageOf, UserError } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";
import type { Report } from "../report/event.ts";
import type { MoveStep } from "./steps.ts";

/** A step of a move failed: which one, and why. */
export class MoveFailed extends Error {
  readonly step: MoveStep;
  readonly reason: UserError;
  constructor(step: MoveStep, reason: UserError) {
    super(reason.message);
    this.step = step;
    this.reason = reason;
  }
}

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
    async step(name, host, work) {
      const began = now().getTime();
      const id = await journal.stepStarted({ operation, host, step: name, startedAt: at() });
      report.event({ type: "move-step-started", customer, host, step: name });
      const end = async (outcome: "ok" | "failed", detail: string | null, asked = false): Promise<void> => {
        await journal.stepEnded(id, at(), asked ? "stopped" : outcome, detail);
        report.event({ type: "move-step-ended", customer, host, step: name, outcome, seconds: (now().getTime() - began) / 1000, detail });
      };
      try {
        await end("ok", await work((text) => report.event({ type: "move-progress", customer, step: name, text })) ?? null);
      } catch (error) {
        await end("failed", messageOf(error), error instanceof Interrupted);
        throw error instanceof UserError ? new MoveFailed(name, error) : error;
      }
    },
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
