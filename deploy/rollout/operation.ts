/** An operation in the journal: noted before its first effect, alive as long as this program is, and ended whatever happens. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { Interrupted, messageOf, Refused, UserError } from "../errors.ts";
import type { Journal, NewOperation, Outcome } from "../journal/journal.ts";
import { lenient } from "../journal/lenient.ts";
import { age } from "../report/units.ts";
import { EXPIRY_SECONDS } from "../host/lock.ts";
import { startOperationPulse } from "./heartbeat.ts";
import { waitForLock } from "./wait-for-lock.ts";

export interface Operation {
  readonly id: string;
  /** For its steps: when the store goes away, it asks the operation to stop and lets it find its way back. */
  readonly journal: Journal;
  /** Aborted when the person asked to stop, when somebody else took the operation for dead, and when the journal is away. */
  readonly signal: AbortSignal;
  end(outcome: Outcome, detail: string): Promise<void>;
}

export interface OperationOptions extends Pick<NewOperation, "id" | "verb" | "subject" | "parent" | "plan"> {
  /** Name of the store's lock that it needs. */
  lock?: string;
  /** Seconds to wait for that lock while its owner is alive. */
  wait: number;
}

/** Sorts by time; unique by its end. */
export const operationId = ({ now, shortId }: Pick<Context, "now" | "shortId">): string => `${now().toISOString().slice(0, 19).replace(/\D/g, "")}-${shortId()}`;

const silentFor = (now: Date): string => new Date(now.getTime() - EXPIRY_SECONDS * 1000).toISOString();

/** Ends in the journal what dead programs could not end, and says so. */
export async function closeAbandoned({ now, report }: Pick<Context, "now" | "report">, journal: Journal): Promise<void> {
  for (const dead of await journal.closeAbandoned(silentFor(now()), now().toISOString())) {
    report.event({ type: "note", host: null, message: `${dead.verb} ${dead.subject} of ${dead.by} on ${dead.machine} (${dead.id}) had died; its place in the journal is closed` });
  }
}

/**
 * Work of an operation that has begun, to its end in the journal. `letGo`: of what it holds, before it ends there. `attempt`
 * resolves with what is worth a summary, also of a failure; what it throws is no outcome, and goes on to the caller.
 */
export async function untilEnded<T extends { ok: boolean; stopped: boolean }>(operation: Operation, letGo: () => Promise<void>, attempt: () => Promise<T>): Promise<T> {
  try {
    const summary = await attempt();
    await letGo();
    await operation.end(summary.ok ? "ok" : summary.stopped ? "stopped" : "failed", JSON.stringify(summary));
    return summary;
  } catch (error) {
    await letGo();
    await operation.end(error instanceof Refused ? "refused" : "failed", messageOf(error));
    throw error;
  }
}

/** Name of the one lock of a customer: while it is moved, restored or erased nothing else is done about it. */
export const customerLock = (slug: string): string => `customer ${slug}`;

/** Closes what dead tools left open, takes the lock, begins. Throws Refused when a living operation holds the lock. */
export async function openOperation(context: Context, journal: Journal, { lock, wait, ...rest }: OperationOptions): Promise<Operation> {
  const { environment: { operator: by, machine }, now, report } = context;
  const silentSince = (): string => silentFor(now());
  const started = now().toISOString();
  await journal.begin({ ...rest, by, machine, startedAt: started });
  const controller = new AbortController();
  const atWork = lenient(journal, { note: (message) => report.event({ type: "note", host: null, message }), away: (error) => controller.abort(error) });
  const pulse = startOperationPulse(journal, rest.id, now, () => controller.abort(new UserError("another operation took this one for dead and has its lock")));
  const end = async (outcome: Outcome, detail: string): Promise<void> => {
    pulse.stop();
    await atWork.end(rest.id, now().toISOString(), outcome, detail);
    // Once more: one that died shortly before this one began is silent for long enough by now.
    await closeAbandoned(context, atWork);
  };
  try {
    if (lock) await takeStoreLock(lock);
    await closeAbandoned(context, journal);
  } catch (error) {
    await end("refused", error instanceof Error ? error.message : String(error));
    throw error;
  }
  return { id: rest.id, journal: atWork, signal: AbortSignal.any([context.signal, controller.signal]), end };

  async function takeStoreLock(name: string): Promise<void> {
    const reason = `${rest.verb} ${rest.subject}`;
    const ask = () => journal.takeLock({ name, operation: rest.id, by, machine, reason, since: started }, now().toISOString(), silentSince());
    const answer = await waitForLock(ask, {
      wait, expiry: EXPIRY_SECONDS, pause: (seconds) => sleep(seconds * 1000, undefined, { signal: context.signal }),
      note: (owner, seconds) => report.event({ type: "waiting", host: null, for: `${owner.reason} of ${owner.by} on ${owner.machine}`, seconds }),
    }).catch((error: unknown) => { throw context.signal.aborted ? new Interrupted() : error; });
    if (answer.outcome !== "held") return;
    const { by: owner, silentSeconds } = answer;
    throw new Refused(`${owner.by} on ${owner.machine} is at it: ${owner.reason}, since ${owner.since}; last sign of life ${age(silentSeconds)} ago`,
      `deploy history show ${owner.operation} says how far it is; --wait SECONDS waits for it`);
  }
}
