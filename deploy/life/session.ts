/** One thing that is done about one customer: its operation in the journal, the hosts that it holds, its steps, how it ends. */
import type { Context } from "../context.ts";
import { Interrupted } from "../errors.ts";
import { noteStep, StepFailure } from "../journal/step.ts";
import { holdHosts } from "../move/host-lock.ts";
import type { Report } from "../report/event.ts";
import type { LifeSummary } from "../report/life-event.ts";
import { customerLock, type Operation, openOperation, operationId, untilEnded } from "../rollout/operation.ts";
import type { LifeStep, LifeVerb } from "./steps.ts";

class StepFailed extends StepFailure<LifeStep> {}

export interface LifeOptions {
  verb: LifeVerb;
  slug: string;
  /** The host that serves it. */
  host: string;
  /** For the journal; holds no secret. */
  plan: unknown;
  /** Seconds to wait for locks of others. */
  wait: number;
  /** Instead of the context's. */
  report?: Report;
}

export interface LifeSession {
  readonly slug: string;
  readonly host: string;
  readonly context: Context;
  readonly operation: Operation;
  readonly signal: AbortSignal;
  readonly wait: number;
  /** One step, noted in the journal before and after. `work` resolves with a word for report and journal, without a secret. Between two steps a person may stop it. */
  step(name: LifeStep, work: (tell: (text: string) => void) => Promise<string | undefined>): Promise<void>;
  /** Takes the host's lock for the rest of the session. */
  hold(): Promise<void>;
  /** Gives it back before that: its host is about to go. */
  letGo(): Promise<void>;
}

export type LifeCame = Partial<Pick<LifeSummary, "came" | "certificate" | "next">>;

/** What a person can mend is in the summary. @throws Refused when another operation has the customer. */
export async function lifeSession(context: Context, { verb, slug, host, plan, wait, report = context.report }: LifeOptions, work: (session: LifeSession) => Promise<LifeCame>): Promise<LifeSummary> {
  const { now, journal } = context;
  const began = now().getTime();
  const operation = await openOperation(context, journal, { id: operationId(context), verb, subject: slug, plan: JSON.stringify(plan), lock: customerLock(slug), wait });
  const lost = new AbortController();
  const signal = AbortSignal.any([operation.signal, lost.signal]);
  const held = holdHosts(context, { operation: operation.id, reason: `${verb} ${slug}`, wait, signal, lost: (reason) => lost.abort(reason) });

  const session: LifeSession = {
    slug, host, context, operation, signal, wait,
    async step(step, act) {
      if (signal.aborted) throw new StepFailed(step, new Interrupted(signal.reason));
      await noteStep({
        journal: operation.journal, operation: operation.id, host, step, now, failure: StepFailed,
        started: () => report.event({ type: "customer-step-started", customer: slug, host, step }),
        ended: (end) => report.event({ type: "customer-step-ended", customer: slug, host, step, ...end }),
      }, () => act((text) => report.event({ type: "customer-progress", customer: slug, step, text })));
    },
    hold: () => held.hold(host),
    letGo: () => held.letGo(),
  };
  const summaryOf = (rest: Pick<LifeSummary, "ok" | "stopped" | "failure"> & LifeCame): LifeSummary =>
    ({ operation: operation.id, verb, customer: slug, host, came: null, certificate: null, next: null, ...rest, seconds: (now().getTime() - began) / 1000 });

  const summary = await untilEnded(operation, session.letGo, attempt);
  report.event({ type: "customer-ended", summary });
  return summary;

  async function attempt(): Promise<LifeSummary> {
    report.event({ type: "customer-started", operation: operation.id, verb, customer: slug, host });
    try {
      return summaryOf({ ok: true, stopped: false, failure: null, ...await work(session) });
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      const { step, reason } = error;
      return summaryOf({ ok: false, stopped: reason instanceof Interrupted, failure: { step, reason: reason.message, ...(reason.hint ? { hint: reason.hint } : {}) } });
    }
  }
}
