/** What an operation tells, as data. People, machines and notifications each make their own of it. Described once, here: docs/events.md is made of it. */
import { z } from "zod";
import { lifeEvents } from "./life-event.ts";
import { moveEvents } from "./move-event.ts";
import { restoreEvents } from "./restore-event.ts";

export const STEPS = [
  "lock", "preflight", "backup-check", "pull", "migrate", "start", "gate-inside", "canary", "switch", "gate-outside", "steady", "drain", "prune", "record", "backups", "unlock", "undo",
] as const;
export type StepName = (typeof STEPS)[number];

const step = z.enum(STEPS).describe("Which step");
const release = z.string().describe("Version, for example v42");
const ring = z.int().min(1).describe("From 1, in the plan's order");
const ringName = z.string().describe("As in hosting.yaml");
const hosts = (which: string) => z.array(host).describe(which);
const host = z.string().describe("The host's name");
const seconds = z.number().nonnegative();

const hostOutcome = z.object({
  host,
  outcome: z.enum(["updated", "unchanged", "failed", "reverted", "not-reached"])
    .describe("`reverted`: it was updated in this run and then brought back; `failed`: `failure` says why, and what was done about it"),
  from: z.string().nullable().describe("Release that it ran before; null: none"),
  to: z.string().describe("Release that it was to get"),
  seconds: seconds.describe("How long it took"),
  failure: z.object({
    step: step.describe("In which step"),
    reason: z.string().describe("Why; further lines are the last answers and log lines"),
    undone: z.string().describe("What was done about it, and what serves now"),
    hint: z.string().optional().describe("What to do"),
    interrupted: z.literal(true).optional().describe("Stopped by a person"),
  }).optional().describe("Failed only"),
});

const census = z.array(z.object({
  host,
  release: z.string().nullable().describe("What it runs; null when it does not say"),
  ok: z.boolean().describe("Whether it answered, and with a release that this run leaves it on"),
  detail: z.string().describe("For people: `serves 14 customers`, `does not answer`"),
}));

const summary = z.object({
  operation: z.string().describe("As in the journal"),
  verb: z.string().describe("As typed: `update-all`, `update`, `rollback`"),
  release,
  ok: z.boolean().describe("Every host that was to be updated is"),
  rings: z.array(z.object({ name: ringName, hosts: hosts("Planned for it") })).describe("What was planned, in order"),
  hosts: z.array(hostOutcome).describe("One entry a host that was planned, or found to be there already"),
  skipped: z.array(z.object({ host, reason: z.string().describe("For people") })).describe("Left out on request"),
  waiting: z.array(z.object({ host, until: z.iso.datetime().nullable().describe("When its window opens; null: not within two weeks"), reason: z.string().describe("For people") })).describe("Held back by their maintenance window"),
  onFailure: z.enum(["halt", "continue", "revert"]).describe("The policy, as in hosting.yaml"),
  failures: z.int().nonnegative().describe("Hosts that failed"),
  mostFailures: z.int().nonnegative().describe("How many the run puts up with"),
  census: census.nullable().describe("What the hosts said themselves at the end; null when they were not asked"),
  stopped: z.boolean().describe("A person stopped it"),
  seconds: seconds.describe("How long it took"),
  next: z.string().nullable().describe("What to type now"),
});

/** One entry a type of event. */
export const events = {
  "operation-started": z.object({
    operation: z.string().describe("Its name in the journal"), verb: z.string().describe("As typed"), release,
    hosts: z.int().nonnegative().describe("How many are to be updated"), rings: z.int().nonnegative().describe("In how many rings"),
    expectedSeconds: seconds.nullable().optional().describe("From past runs; null or absent: unknown"),
  }).describe("The plan is accepted and work begins"),
  "ring-started": z.object({ ring, name: ringName, of: z.int().min(1).describe("How many rings there are"), hosts: hosts("In the order in which they begin") }).describe("A ring's first host is next"),
  "host-started": z.object({
    host, action: z.string().describe("`install`, `update`, `repair`, `refresh`, `revert`"), from: z.string().nullable().describe("Release that it runs now; null: none"), to: z.string().describe("Release that it is to get"),
  }).describe("Work on a host begins"),
  "waiting": z.object({ host: host.nullable().describe("Null: the whole operation waits"), for: z.string().describe("What holds it: `the lock of ada on laptop (update-all v42)`"), seconds: seconds.describe("How long it has waited") })
    .describe("A lock is not free yet; told again from time to time"),
  "step-started": z.object({ host, step }).describe("A step of a host begins"),
  "output": z.object({ host, step, line: z.string().describe("Without its newline") }).describe("A line that a step's command printed. It may hold anything the app prints"),
  "step-ended": z.object({
    host, step, outcome: z.enum(["ok", "failed"]).describe("A failed step is followed by `undo`, unless nothing was changed yet"),
    seconds: seconds.describe("How long it took"), detail: z.string().nullable().describe("`14/14` of a gate, or why it failed"),
  }).describe("A step of a host ended"),
  "host-ended": z.object({ result: hostOutcome.describe("What became of it") }).describe("Work on a host ended"),
  "ring-ended": z.object({ ring }).describe("All hosts of a ring were tried"),
  "bake-started": z.object({ ring, seconds: seconds.describe("How long the hosts are watched"), hosts: hosts("Which") }).describe("The ring's hosts are watched before the next ring begins"),
  "bake-sample": z.object({
    ring, secondsLeft: seconds.describe("Until the watch is over"),
    hosts: z.array(z.object({
      host, requests: z.number().nonnegative().describe("Since the watch began"),
      errorPercent: z.number().nonnegative().nullable().describe("Answers of 500 and above; null: no requests"),
      p95Seconds: seconds.nullable().describe("95th percentile of the response time; null: no requests"),
      restarts: z.int().nonnegative().describe("Of the app's container, since the watch began"),
    })).describe("One entry a host"),
  }).describe("What the watched hosts did so far"),
  "bake-ended": z.object({ ring, faults: z.array(z.object({ host, fault: z.string().describe("A sentence") })).describe("Empty: all is well") }).describe("The watch is over"),
  "revert-started": z.object({ hosts: hosts("In the order in which they go back") }).describe("These hosts, updated in this run, are brought back, in this order"),
  "census": z.object({ hosts: census.describe("One entry a host") }).describe("Every host was asked what it runs"),
  "note": z.object({ host: host.nullable().describe("Null: it is about the operation"), message: z.string().describe("For people") }).describe("Something worth reading that is no step"),
  "command": z.object({ host, step: step.nullable(), command: z.string().describe("As a shell would take it") }).describe("Dry run only: what would be run"),
  ...moveEvents,
  ...restoreEvents,
  ...lifeEvents,
  "operation-ended": z.object({ summary: summary.describe("How it went") }).describe("The operation is over. Only notes about notifications that did not arrive may follow"),
} as const;

export type EventType = keyof typeof events;
export type Event = { [Type in EventType]: { type: Type } & z.infer<(typeof events)[Type]> }[EventType];
export type HostOutcome = z.infer<typeof hostOutcome>;
export type Summary = z.infer<typeof summary>;
/** What each host said about itself. */
export type Census = z.infer<typeof census>;

/** Where events go. */
export interface Report {
  event(event: Event): void;
  /** Text for people that is no event: plans, tables, questions. Machines don't see it. */
  text(text: string): void;
  /** The command's result for machines. People don't see it. */
  data(value: unknown): void;
  /** Shows what is still held back and takes away what is only shown while work is going on. Once, at the end. */
  close?(): void;
}
