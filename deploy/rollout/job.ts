/** One host's update in hand: what the steps share. */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Outputs } from "../../model/outputs.ts";
import type { AppContainer, Observation } from "../host/observe.ts";
import type { HostFile } from "../host/secrets.ts";
import type { ReleaseRecord } from "../host/release-log.ts";
import type { Runner } from "../remote/runner.ts";
import type { StepName } from "../report/event.ts";
import type { Verdict } from "./judge.ts";
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
  readonly shortId: () => string;
  readonly pause: (seconds: number) => Promise<void>;
  readonly note: (message: string) => void;
  /** Contents of `wanted.files`, decrypted when they are asked for: only a host that lacks one needs them. */
  readonly secretFiles: () => Promise<HostFile[]>;
  /** A new connection, after the old one died. */
  readonly reconnect: () => Promise<Runner>;
  runner: Runner;
  /** What customers' names answered wrongly when the plan was made. */
  readonly faults: readonly string[];
  /** What the host printed when the plan was made; a dry run takes it for what preflight reads. */
  readonly looked: string;

  // What the steps found out and did, in their order.
  locked: boolean;
  seen?: Observation;
  verdict?: Verdict;
  /** The container that served before and is gone back to. */
  previous?: AppContainer;
  /** Name of the container that this job started. */
  started?: string;
  /** Whether requests may reach the new container. */
  switched: boolean;
  /** Whether the files written now need the proxy to load them again. */
  certificateChanged: boolean;
}

export interface Step {
  readonly name: StepName;
  /** Resolves with a word for the report, if there is one to say. Throws when the host must not go on. */
  run(job: Job): Promise<string | undefined>;
}

/** What preflight found; steps after it may rely on it. */
export function observed(job: Job): { seen: Observation; verdict: Verdict } {
  if (!job.seen || !job.verdict) throw new Error("this step needs preflight before it");
  return { seen: job.seen, verdict: job.verdict };
}
