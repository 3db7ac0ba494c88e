/** The rows of the rollout matrix: what goes wrong, how it is made to and how it is mended. Columns are the steps of an update. */
import { STEPS, type StepName } from "../../deploy/report/event.ts";
import type { Machines } from "../site/machines.ts";
import type { Running } from "../site/running.ts";

/** What is rolled when the fault strikes. `told`: sound until it is told otherwise (drills/release). */
export type Rolled = "sound" | "told" | "migration-fails" | "migration-hangs";

export interface Scene {
  running: Running;
  machines: Machines;
  /** The host whose step is struck. */
  victim: string;
}

export interface Row {
  name: string;
  rolled: Rolled;
  /** Which of the three hosts is struck: the first shows that nothing else was touched, the second also what becomes of the others. */
  victim: "first" | "second";
  /** `tool`: the fault ends the program; `host`: the victim can't serve meanwhile; `release`: what is rolled is bad; `rest`: nobody may notice. */
  hits: "tool" | "host" | "release" | "rest";
  /** Whether hosts have to pull the image anew. */
  pulls?: true;
  /** Why striking at this step makes no sense. */
  senseless?(step: StepName): string | undefined;
  strike(scene: Scene): Promise<void>;
  heal(scene: Scene): Promise<void>;
}

const nothing = async (): Promise<void> => {};
const before = (step: StepName, other: StepName): boolean => step !== "undo" && STEPS.indexOf(step) < STEPS.indexOf(other);

/** A running release's fault: it needs a container to show, and somebody who still looks. */
const whileRunning = (step: StepName): string | undefined => {
  if (before(step, "start")) return "nothing of the release runs yet";
  if (step === "undo") return "the release is being removed";
  return before(step, "drain") ? undefined : "its gates are passed; what comes later is the bake's to see";
};
const whileStarting = (step: StepName): string | undefined => whileRunning(step) ?? (step === "start" ? undefined : "a start is over when the release is ready");
const whileMigrating = (step: StepName): string | undefined => step === "migrate" ? undefined : "migrations run in their own step";

const releaseFault = (name: string, fault: string, senseless: Row["senseless"]): Row => ({
  name, rolled: "told", victim: "second", hits: "release", senseless,
  strike: async ({ machines, victim }) => machines.tell(victim, fault),
  heal: async ({ machines, victim }) => machines.tell(victim, null),
});

const wait = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export const rows: readonly Row[] = [
  { name: "kill-9", rolled: "sound", victim: "second", hits: "tool", strike: async ({ running }) => running.signal("SIGKILL"), heal: nothing },
  { name: "ctrl-c", rolled: "sound", victim: "second", hits: "tool", strike: async ({ running }) => running.signal("SIGINT"), heal: nothing },
  {
    name: "network-cut", rolled: "sound", victim: "second", hits: "host",
    strike: ({ machines, victim }) => machines.fault(victim, "cut"), heal: ({ machines, victim }) => machines.fault(victim, "mend"),
  },
  {
    name: "machine-frozen", rolled: "sound", victim: "second", hits: "host",
    strike: ({ machines, victim }) => machines.fault(victim, "freeze"), heal: ({ machines, victim }) => machines.fault(victim, "thaw"),
  },
  {
    name: "machine-dead", rolled: "sound", victim: "second", hits: "host",
    strike: ({ machines, victim }) => machines.fault(victim, "kill"), heal: ({ machines, victim }) => machines.fault(victim, "start"),
  },
  {
    name: "registry-down", rolled: "sound", victim: "first", hits: "rest", pulls: true,
    strike: ({ machines }) => machines.registry("stop"), heal: ({ machines }) => machines.registry("start"),
  },
  {
    name: "full-disk", rolled: "sound", victim: "second", hits: "rest",
    strike: ({ machines, victim }) => machines.fault(victim, "fill"), heal: ({ machines, victim }) => machines.fault(victim, "empty"),
  },
  releaseFault("out-of-memory", "memory", whileRunning),
  releaseFault("bad-release", "unready", (step) => whileRunning(step) ?? (before(step, "switch") ? undefined : "readiness is asked before the switch; after it, see bad-answers")),
  releaseFault("bad-answers", "errors", (step) => whileRunning(step) ?? (before(step, "canary") ? "only customers' names are answered wrongly, and they are asked later" : undefined)),
  releaseFault("slow-start", "slow-start", whileStarting),
  releaseFault("flapping", "flapping", whileRunning),
  { name: "migration-fails", rolled: "migration-fails", victim: "first", hits: "release", senseless: whileMigrating, strike: nothing, heal: nothing },
  {
    // Nobody waits for a day: the person gives up and stops it.
    name: "migration-hangs", rolled: "migration-hangs", victim: "first", hits: "release", senseless: whileMigrating,
    strike: async ({ running }) => { void wait(4).then(() => running.signal("SIGINT")); }, heal: nothing,
  },
];

/** The arena backs nothing up. */
export const columns = STEPS.filter((step) => step !== "backups");
