/** The record of every operation and step. What an operation did is read here; what hosts run is read from hosts. */

export type Outcome = "ok" | "failed" | "skipped" | "refused";

export interface OperationRecord {
  id: string;
  /** `update-all`, `rollback`, … */
  verb: string;
  /** Release or other subject. */
  subject: string;
  by: string;
  machine: string;
  startedAt: string;
  endedAt: string | null;
  outcome: Outcome | null;
  detail: string | null;
}

export interface StepRecord {
  operation: string;
  host: string;
  step: string;
  startedAt: string;
  endedAt: string | null;
  outcome: Outcome | null;
  detail: string | null;
}

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
 * Where it is kept is a matter of ETAGE_STATE: a SQLite file now, a server that a team shares later. Every write is
 * durable when its promise resolves.
 */
export interface Journal {
  begin(operation: Pick<OperationRecord, "id" | "verb" | "subject" | "by" | "machine" | "startedAt">): Promise<void>;
  end(id: string, at: string, outcome: Outcome, detail: string | null): Promise<void>;
  /** Resolves with the step's own id, for stepEnded. */
  stepStarted(step: Pick<StepRecord, "operation" | "host" | "step" | "startedAt">): Promise<number>;
  stepEnded(id: number, at: string, outcome: Outcome, detail: string | null): Promise<void>;
  operations(limit: number): Promise<OperationRecord[]>;
  steps(operation: string): Promise<StepRecord[]>;
  saveRelease(release: ReleaseEntry): Promise<void>;
  release(version: string): Promise<ReleaseEntry | undefined>;
  /** Newest first. */
  releases(): Promise<ReleaseEntry[]>;
  close(): Promise<void>;
}
