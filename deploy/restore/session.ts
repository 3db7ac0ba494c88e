/** One restore at work: its operation in the journal, the host that it holds, what it tells, how it ends. */
import type { Context } from "../context.ts";
import { Interrupted, Refused } from "../errors.ts";
import { holdHosts } from "../move/host-lock.ts";
import type { RestoreSummary } from "../report/restore-event.ts";
import { customerLock, type Operation, openOperation, operationId, untilEnded } from "../rollout/operation.ts";
import { RestoreFailed, type RunStep, stepsOf } from "./log.ts";

export interface SessionOptions {
  verb: RestoreSummary["verb"];
  subject: string;
  host: string;
  at: string | null;
  /** For the journal. */
  plan: unknown;
  /** Seconds to wait for locks of others. */
  wait: number;
}

export interface Session {
  readonly context: Context;
  readonly operation: Operation;
  readonly step: RunStep;
  readonly wait: number;
  readonly signal: AbortSignal;
  /** Takes the host's lock for the rest of the session; once is enough. */
  hold(): Promise<void>;
  /** Gives it back for what takes it itself. */
  letGo(): Promise<void>;
  /** Throws when the person asked to stop; between two steps. */
  goOn(): void;
}

/** What the work came to; the rest of the summary is known here. */
export type Came = Partial<Pick<RestoreSummary, "comparison" | "notes" | "next">>;

export interface Work {
  /** What is known so far, also when it fails. */
  came: Came;
  run(session: Session): Promise<void>;
  /** After a failure: what was done about it and what the customer has, in a sentence; and what to type. */
  afterwards(session: Session, failure: RestoreFailed): Promise<{ undone: string; next: string | null }>;
}

/** @throws Refused when another operation has the customer or the host; nothing was done then. */
export async function holdSession(context: Context, options: SessionOptions, work: Work): Promise<RestoreSummary> {
  const { verb, subject, host, at, plan, wait } = options;
  const { report, now } = context;
  const began = now().getTime();
  const operation = await openOperation(context, context.journal, { id: operationId(context), verb, subject, plan: JSON.stringify(plan), lock: verb === "restore host" ? `host ${subject}` : customerLock(subject), wait });
  const lost = new AbortController();
  const signal = AbortSignal.any([operation.signal, lost.signal]);
  const held = holdHosts(context, { operation: operation.id, reason: `${verb} ${subject}`, wait, signal, lost: (reason) => lost.abort(reason) });
  const step = stepsOf({ journal: operation.journal, report, operation: operation.id, subject, host, now });
  let done = 0;
  const session: Session = {
    context, operation, wait, signal,
    async step(name, work) {
      await step(name, work);
      done += 1;
    },
    hold: () => held.hold(host),
    letGo: () => held.letGo(),
    goOn() { if (signal.aborted) throw new Interrupted(signal.reason); },
  };
  const summaryOf = (rest: Pick<RestoreSummary, "ok" | "stopped" | "failure"> & { next?: string | null }): RestoreSummary => ({
    operation: operation.id, verb, subject, host, at, comparison: null, notes: [], next: null, ...work.came, ...rest, seconds: (now().getTime() - began) / 1000,
  });
  const summary = await untilEnded(operation, session.letGo, attempt);
  report.event({ type: "restore-ended", summary });
  return summary;

  async function attempt(): Promise<RestoreSummary> {
    report.event({ type: "restore-started", operation: operation.id, verb, subject, host, at });
    try {
      await work.run(session);
      return summaryOf({ ok: true, stopped: false, failure: null });
    } catch (error) {
      const failure = error instanceof RestoreFailed ? error : error instanceof Interrupted ? new RestoreFailed("undo", error) : undefined;
      if (!failure) throw error;
      const { step, reason } = failure;
      // At the first step nothing was done yet.
      if (reason instanceof Refused && done === 0) throw reason;
      const { undone, next } = await work.afterwards(session, failure);
      return summaryOf({ ok: false, stopped: reason instanceof Interrupted, failure: { step, reason: reason.message, undone, ...(reason.hint ? { hint: reason.hint } : {}) }, next });
    }
  }
}
