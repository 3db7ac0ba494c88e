/** What an operation tells, as data. People, machines and the chat each make their own of it. */

export const STEPS = [
  "lock", "preflight", "backup-check", "pull", "migrate", "start", "gate-inside", "switch", "gate-outside", "drain", "prune", "record", "unlock", "undo",
] as const;
export type StepName = (typeof STEPS)[number];

export interface HostOutcome {
  host: string;
  outcome: "updated" | "unchanged" | "failed" | "not-reached";
  from: string | null;
  to: string;
  seconds: number;
  /** Failed only: in which step, why, what was done about it. */
  failure?: { step: StepName; reason: string; undone: string; hint?: string; /** Stopped by a person. */ interrupted?: true };
}

export interface Summary {
  operation: string;
  verb: string;
  release: string;
  ok: boolean;
  hosts: HostOutcome[];
  skipped: { host: string; reason: string }[];
  seconds: number;
  next: string | null;
}

export type Event =
  | { type: "operation-started"; operation: string; verb: string; release: string }
  | { type: "host-started"; host: string; action: string; from: string | null; to: string }
  | { type: "step-started"; host: string; step: StepName }
  | { type: "step-ended"; host: string; step: StepName; outcome: "ok" | "failed"; seconds: number; detail: string | null }
  | { type: "host-ended"; result: HostOutcome }
  | { type: "note"; host: string | null; message: string }
  | { type: "command"; host: string; step: StepName | null; command: string }
  | { type: "operation-ended"; summary: Summary };

/** Where events go. */
export interface Report {
  event(event: Event): void;
  /** Text for people that is no event: plans, tables, questions. Machines don't see it. */
  text(text: string): void;
  /** The command's result for machines. People don't see it. */
  data(value: unknown): void;
}
