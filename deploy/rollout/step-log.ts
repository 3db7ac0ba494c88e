/** Notes a host's steps: in the journal before the host is told and after it answered, in the report as they happen. */
import type { Journal, Outcome } from "../journal/journal.ts";
import type { Report, StepName } from "../report/event.ts";

export interface StepRow { ended(outcome: Outcome, detail: string | null): Promise<void> }

export interface BatchRows {
  /** The host has begun with it. */
  began(step: StepName): Promise<void>;
  /** `seconds`: by the host's clock. */
  ended(step: StepName, outcome: Outcome, detail: string | null, seconds?: number): Promise<void>;
  /** What the host never came to is noted as skipped. */
  close(): Promise<void>;
}

export interface StepLog {
  /** One step that begins now. */
  begin(step: StepName): Promise<StepRow>;
  /** Steps that the host is about to be told, in their order. */
  expect(steps: readonly StepName[]): Promise<BatchRows>;
  line(step: StepName, line: string): void;
}

export interface StepLogOptions { journal: Journal; report: Report; operation: string; host: string; now: () => Date }

export function openStepLog({ journal, report, operation, host, now }: StepLogOptions): StepLog {
  const expect = async (steps: readonly StepName[]): Promise<BatchRows> => {
    const ids = await journal.stepsExpected(operation, host, steps, now().toISOString());
    const open = new Map(steps.map((step, at) => [step, { id: ids[at]!, since: undefined as number | undefined }]));
    return {
      async began(step) {
        const row = open.get(step);
        if (!row || row.since !== undefined) return;
        row.since = now().getTime();
        report.event({ type: "step-started", host, step });
        await journal.stepBegan(row.id, now().toISOString());
      },
      async ended(step, outcome, detail, took) {
        const row = open.get(step);
        if (!row) return;
        open.delete(step);
        const at = now();
        await journal.stepEnded(row.id, at.toISOString(), outcome, detail);
        if (outcome !== "ok" && outcome !== "failed") return;
        report.event({ type: "step-ended", host, step, outcome, seconds: took ?? (at.getTime() - (row.since ?? at.getTime())) / 1000, detail });
      },
      async close() {
        for (const { id } of open.values()) await journal.stepEnded(id, now().toISOString(), "skipped", "not reached");
        open.clear();
      },
    };
  };
  return {
    expect,
    async begin(step) {
      const rows = await expect([step]);
      await rows.began(step);
      return { ended: (outcome, detail) => rows.ended(step, outcome, detail) };
    },
    line: (step, line) => report.event({ type: "output", host, step, line }),
  };
}
