/** One verb about a move at work: its operation in the journal, the hosts that it holds, what it tells, how it ends. */
import type { Context } from "../context.ts";
import { Interrupted } from "../errors.ts";
import type { Runner } from "../remote/runner.ts";
import type { Report } from "../report/event.ts";
import type { MoveSummary } from "../report/move-event.ts";
import { noticesOf } from "../report/notify/notices.ts";
import { openNotifier } from "../report/notify/notifier.ts";
import { customerLock, type Operation, openOperation, operationId, untilEnded } from "../rollout/operation.ts";
import { holdHosts } from "./host-lock.ts";
import { MoveFailed, type MoveLog, openMoveLog } from "./log.ts";

export interface MoveSubject { slug: string; from: string; to: string; release: string }

export interface SessionOptions extends MoveSubject {
  verb: MoveSummary["verb"];
  /** For the journal. */
  plan: unknown;
  /** Seconds to wait for locks of others. */
  wait: number;
  expectedSeconds?: number | null;
  parent?: string;
}

export interface Session extends MoveSubject {
  readonly context: Context;
  readonly report: Report;
  readonly operation: Operation;
  readonly log: MoveLog;
  readonly wait: number;
  readonly signal: AbortSignal;
  /** A living connection to a host. */
  connect(host: string): Promise<Runner>;
  /** Takes a host's lock for the rest of the session; once is enough. */
  hold(host: string): Promise<void>;
  /** Throws when the person asked to stop; between two steps. */
  goOn(): void;
}

/** What the work came to; the rest of the summary is known here. */
export type Came = Pick<MoveSummary, "serving"> & Partial<Pick<MoveSummary, "tables" | "rows" | "bytes" | "holdMilliseconds" | "parts" | "probe" | "next">>;

export interface Work {
  /** What is known so far, also when it fails. */
  came: Came;
  /** Resolves when everything is done; what it came to stands in `came`. */
  run(session: Session): Promise<void>;
  /** After a failure: what the customer is served by, in a sentence, and what to type. Also sets `came.serving`. */
  afterwards(session: Session, failure: MoveFailed): Promise<{ undone: string; next: string | null }>;
}

/** @throws Refused when another operation has the customer or a host; nothing was done then. */
export async function holdSession(context: Context, options: SessionOptions, work: Work): Promise<MoveSummary> {
  const { slug, from, to, release, verb, wait, expectedSeconds = null, parent } = options;
  const { environment: { operator: by, machine }, now, fleet: { platform } } = context;
  const notices = noticesOf(context.report, openNotifier(platform.notify, process.env), { platform: platform.name, by, machine }, now);
  const { report } = notices;
  const began = now().getTime();
  const operation = await openOperation(context, context.journal, {
    id: operationId(context), verb, subject: slug, plan: JSON.stringify(options.plan), lock: customerLock(slug), wait, ...(parent ? { parent } : {}),
  });
  const lost = new AbortController();
  const signal = AbortSignal.any([operation.signal, lost.signal]);
  const held = holdHosts(context, { operation: operation.id, reason: `${verb} ${slug}`, wait, signal, lost: (reason) => lost.abort(reason) });
  const session: Session = {
    slug, from, to, release, context, report, operation, wait, signal,
    log: openMoveLog({ journal: operation.journal, report, operation: operation.id, customer: slug, now }),
    connect: (host) => context.connect(host),
    hold: (host) => held.hold(host),
    goOn() { if (signal.aborted) throw new Interrupted(signal.reason); },
  };
  const summaryOf = (rest: Pick<MoveSummary, "ok" | "stopped" | "failure"> & { next?: string | null }): MoveSummary => ({
    operation: operation.id, verb, customer: slug, from, to, tables: 0, rows: 0, bytes: 0, holdMilliseconds: null, parts: {}, probe: null, next: null,
    ...work.came, ...rest, seconds: (now().getTime() - began) / 1000,
  });
  try {
    const summary = await untilEnded(operation, held.letGo, attempt);
    report.event({ type: "move-ended", summary });
    return summary;
  } finally {
    await notices.close();
  }

  async function attempt(): Promise<MoveSummary> {
    report.event({ type: "move-started", operation: operation.id, verb, customer: slug, release, from, to, expectedSeconds });
    try {
      await work.run(session);
      return summaryOf({ ok: true, stopped: false, failure: null });
    } catch (error) {
      const failure = error instanceof MoveFailed ? error : error instanceof Interrupted ? new MoveFailed("undo", error) : undefined;
      if (!failure) throw error;
      const { step, reason } = failure;
      const { undone, next } = await work.afterwards(session, failure);
      return summaryOf({ ok: false, stopped: reason instanceof Interrupted, failure: { step, reason: reason.message, undone, ...(reason.hint ? { hint: reason.hint } : {}) }, next });
    }
  }
}
