/** One host's update in hand: what the steps share. */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Outputs } from "../../model/outputs.ts";
import type { AppContainer, Observation } from "../host/observe.ts";
import type { HostFile } from "../host/secrets.ts";
import type { ReleaseRecord } from "../host/release-log.ts";
import type { UserError } from "../errors.ts";
import type { Command } from "../host/command.ts";
import type { Result, Runner } from "../remote/runner.ts";
import type { StepName } from "../report/event.ts";
import type { Expectation } from "../host/gate.ts";
import type { PublicFault } from "../public.ts";
import type { Verdict } from "./judge.ts";
import type { Rates } from "./watch.ts";
import type { Wanted } from "./wanted.ts";

/** Who does this, for locks, logs and the journal. */
export interface Actor { by: string; machine: string }

export interface Job {
  readonly fleet: Fleet;
  readonly host: Host;
  readonly outputs: Outputs;
  readonly wanted: Wanted;
  readonly operation: string;
  readonly verb: ReleaseRecord["verb"];
  readonly actor: Actor;
  readonly now: () => Date;
  readonly pause: (seconds: number) => Promise<void>;
  readonly note: (message: string) => void;
  /** Contents of `wanted.files`, decrypted when they are asked for: only a host that lacks one needs them. */
  readonly secretFiles: () => Promise<HostFile[]>;
  /** Sets the host up to back up as hosting.yaml says; resolves with what was done, in words. null: a dry run. */
  readonly refreshBackups: (() => Promise<string>) | null;
  /** Asks customers' names by DNS and TLS; null: nobody is asked (a dry run). */
  readonly askPublicly: ((names: readonly Expectation[]) => Promise<PublicFault[]>) | null;
  /** What goes on beside the steps and is awaited at their end. Never rejects. */
  readonly aside: Promise<void>[];
  /** Docker configuration that a host needs to pull; undefined when its registry wants no login. */
  readonly registryConfig?: string | undefined;
  /** A new connection, after the old one died. */
  readonly reconnect: () => Promise<Runner>;
  runner: Runner;
  /** What customers' names answered wrongly when the plan was made. */
  readonly faults: readonly string[];
  /** What the host printed when the plan was made; a dry run takes it for what preflight reads. */
  readonly looked: string;
  /** The same, read. */
  readonly before: Observation;
  /** What serves there had all of the release's migrations. */
  readonly schemaStays: boolean;

  // What the steps found out and did, in their order.
  locked: boolean;
  seen?: Observation;
  verdict?: Verdict;
  /** The container that served before and is gone back to. */
  previous?: AppContainer;
  /** Its worker, when it has one. */
  previousWorker?: AppContainer;
  /** Name that the new container has or will have. */
  readonly fresh: string;
  /** Name of the container that this job started. */
  started?: string;
  /** How the host did before, as far as that is known; set by the steps that watch. */
  past?: Rates | null;
  /** Whether requests may reach the new container. */
  switched: boolean;
  /** Whether those of the customers who go first may. */
  canaryUp?: boolean;
  /** A person's wish to stop. */
  stop?: AbortSignal;
  /** Whether the files written now need the proxy to load them again. */
  certificateChanged: boolean;
}

/** What a step runs on the host. */
export interface Part {
  /** What it is for, in the words of an error. */
  purpose: string;
  command: Command;
  /** Its standard input; secrets travel here and nowhere else. */
  input?: string;
  /** Milliseconds. */
  timeout: number;
  /** What a dry run takes for its output. */
  assume?: string;
}

/** A step that the host can do by itself: sent in one go with its neighbours. */
export interface HostStep {
  readonly name: StepName;
  /** Null: there is nothing to run. Throws when the host must not go on. */
  part(job: Job): Part | null;
  /** The host begins with it. */
  began?(job: Job): void;
  /** After it; undefined: nothing was run. Resolves with a word for the report. May ask further; throws when the host must not go on. */
  done?(job: Job, stdout: string | undefined): Promise<string | undefined> | string | undefined;
  /** What its failure means; a CommandFailed when absent. */
  fault?(job: Job, result: Result): UserError;
  /** `done` decides how to go on: what follows is sent afterwards. */
  readonly decides?: true;
  /** What it prints is an answer for `done`, and no news for people. */
  readonly answers?: true;
  /** Right also after a wish to stop; it looks itself whose the lock is. */
  readonly unguarded?: true;
  /** The new release serves by then: its failure is told, and the host counts as updated. */
  readonly afterwards?: true;
}

/** A step that is a conversation with the host. */
export interface OwnStep {
  readonly name: StepName;
  /** Resolves with a word for the report, if there is one to say. Throws when the host must not go on. */
  run(job: Job): Promise<string | undefined>;
}

export type Step = HostStep | OwnStep;

/** Whether the host gets a new container. */
export const renews = (job: Job): boolean => ["install", "update", "repair"].includes(observed(job).verdict.action);

/** What preflight found; steps after it may rely on it. */
export function observed(job: Job): { seen: Observation; verdict: Verdict } {
  if (!job.seen || !job.verdict) throw new Error("this step needs preflight before it");
  return { seen: job.seen, verdict: job.verdict };
}
