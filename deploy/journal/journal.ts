/** The record of every operation and step. What an operation did is read here; what hosts run is read from hosts. */

export type Outcome =
  | "ok" | "failed" | "skipped" | "refused"
  /** By a person. */
  | "stopped"
  /** Its tool died; noted by another one (closeAbandoned). */
  | "abandoned";

export interface OperationRecord {
  id: string;
  /** `update-all`, `rollback`, … */
  verb: string;
  /** Release or other subject. */
  subject: string;
  by: string;
  machine: string;
  /** ISO times, by the clock of whoever wrote them; `beatAt` by the store's clock where it has one. */
  startedAt: string;
  endedAt: string | null;
  outcome: Outcome | null;
  detail: string | null;
  /** The operation that this one resumes or reverts. */
  parent: string | null;
  /** What was meant to happen, as JSON. */
  plan: string | null;
  /** The last sign of life. */
  beatAt: string;
  /** The operation that took a lock of this one, when it had been silent for too long. */
  lostTo: string | null;
}

/** Lists leave the plan out: it may be long. */
export type OperationEntry = Omit<OperationRecord, "plan">;

export interface NewOperation {
  id: string;
  verb: string;
  subject: string;
  by: string;
  machine: string;
  startedAt: string;
  parent?: string;
  plan?: string;
}

export interface StepRecord {
  /** Grows with time; unique in the store. */
  id: number;
  operation: string;
  host: string;
  step: string;
  startedAt: string;
  endedAt: string | null;
  outcome: Outcome | null;
  detail: string | null;
}

/** A lock of the whole fleet's kind: one name, one operation. Hosts have locks of their own (host/lock.ts). */
export interface StoreLock {
  name: string;
  operation: string;
  by: string;
  machine: string;
  reason: string;
  since: string;
  beatAt: string;
}

/** `silentSeconds`: since the owner's last sign of life. */
export type StoreLockAnswer =
  | { outcome: "taken" }
  | { outcome: "taken-over"; from: StoreLock; silentSeconds: number }
  | { outcome: "held"; by: StoreLock; silentSeconds: number };

export interface Migration { name: string; reversible: boolean }

/** What is in a release, noted when it was built. */
export interface ReleaseEntry {
  version: string;
  digest: string;
  /** Repository without tag. */
  image: string;
  commit: string | null;
  /** Whether the work tree had changes that the commit does not. */
  dirty: boolean;
  migrations: Migration[];
  builtAt: string;
  by: string;
}

/**
 * Where it is kept is a matter of ETAGE_STATE: a SQLite file, or a PostgreSQL database that a team shares. Every write is
 * durable when its promise resolves. Every method throws JournalAway (away.ts) when the store does not answer.
 *
 * Locks and silence are judged by one clock: a server's own, else the given `at` and `now`, since all who share a file
 * share its machine. Of a server's answers only the distance between the two given times counts.
 */
export interface Journal {
  begin(operation: NewOperation): Promise<void>;
  /**
   * A sign of life of an operation and its locks. False: a lock of it was taken over, so it must stop. One that was closed
   * as abandoned and lost nothing counts as running again.
   */
  beat(operation: string, at: string): Promise<boolean>;
  /** Also gives back the operation's locks, and closes steps that nobody could close. */
  end(id: string, at: string, outcome: Outcome, detail: string | null): Promise<void>;
  /** Resolves with the step's own id, for stepEnded. */
  stepStarted(step: Pick<StepRecord, "operation" | "host" | "step" | "startedAt">): Promise<number>;
  /** Steps that a host is about to be told, in their order: noted before it hears of them. Resolves with their ids. */
  stepsExpected(operation: string, host: string, steps: readonly string[], at: string): Promise<number[]>;
  /** The host has come to an expected step. */
  stepBegan(id: number, at: string): Promise<void>;
  stepEnded(id: number, at: string, outcome: Outcome, detail: string | null): Promise<void>;

  operation(id: string): Promise<OperationRecord | undefined>;
  /** Newest first: those before the operation `before`, those that touched `host`, when given. */
  operations(limit: number, before?: string, host?: string): Promise<OperationEntry[]>;
  /** The newest one of these verbs. */
  newest(verbs: readonly string[]): Promise<OperationEntry | undefined>;
  /** The newest ones of a verb about a subject, newest first, with their plans. */
  about(verb: string, subject: string, limit: number): Promise<OperationRecord[]>;
  /** Of a verb, the newest one about each subject; those that were refused did nothing, and are passed over. */
  newestOfEach(verb: string): Promise<OperationEntry[]>;
  /** Subjects of operations that ended well: releases that served somewhere. */
  served(): Promise<string[]>;
  /** Those without an end, oldest first: at work, or dead and not yet noticed. */
  running(): Promise<OperationEntry[]>;
  /** Those that resumed or reverted the operation, oldest first. */
  followers(operation: string): Promise<OperationEntry[]>;
  /** In the order in which they began. */
  steps(operation: string): Promise<StepRecord[]>;
  /** Ends operations without an end whose last sign of life is `silentSince` or older, and their open steps; resolves with them. */
  closeAbandoned(silentSince: string, at: string): Promise<OperationRecord[]>;
  /** The newest `limit` steps of updates that went well, for predictions. */
  stepTimes(limit: number): Promise<{ host: string; step: string; seconds: number }[]>;

  /** Takes a lock that is free, its operation's already, or silent since `silentSince`. Atomic among all who share the store. */
  takeLock(lock: Omit<StoreLock, "beatAt">, now: string, silentSince: string): Promise<StoreLockAnswer>;
  /** Leaves another operation's lock alone. */
  releaseLock(name: string, operation: string): Promise<void>;
  /** By name; those of dead operations too. */
  locks(): Promise<StoreLock[]>;

  saveRelease(release: ReleaseEntry): Promise<void>;
  release(version: string): Promise<ReleaseEntry | undefined>;
  /** Newest first. */
  releases(): Promise<ReleaseEntry[]>;

  /** ISO time by the clock that locks are judged by; `given` where the store has none of its own. */
  clock(given: string): Promise<string>;
  close(): Promise<void>;
}
