/** Where an operation stands, as its events tell. Times are milliseconds since 1970. */
import type { Event, HostOutcome } from "./event.ts";
import { QUIET_STEPS, stepDone, stepFailed } from "./words.ts";

export interface HostProgress {
  host: string;
  /** In words: `✓ pull 2.1 s`. */
  done: string[];
  running: { step: string; since: number } | null;
  /** The last line that the running step printed. */
  output: string | null;
  /** What it waits for. */
  waiting: { for: string; since: number } | null;
}

export interface Bake {
  ring: number;
  /** As configured. */
  seconds: number;
  until: number;
  hosts: Extract<Event, { type: "bake-sample" }>["hosts"];
}

export interface Progress {
  operation: { hosts: number; since: number; /** When it should be over. */ expected: number | null } | null;
  ring: { ring: number; of: number; name: string } | null;
  /** Hosts that are worked on now, in the order in which they began. */
  running: Map<string, HostProgress>;
  /** How work on a host ended. */
  outcomes: Map<string, HostOutcome["outcome"]>;
  bake: Bake | null;
  /** A lock that the whole operation waits for. */
  waiting: HostProgress["waiting"];
  /** Hosts that are being brought back; null: it goes forward. */
  reverting: readonly string[] | null;
  /** Of the longest host name so far, and of the shortest that looks well. */
  nameWidth: number;
}

export const newProgress = (): Progress => ({ operation: null, ring: null, running: new Map(), outcomes: new Map(), bake: null, waiting: null, reverting: null, nameWidth: 7 });

/** Changes `progress` by what `event` tells. */
export function follow(progress: Progress, event: Event, at: number): void {
  const line = "host" in event && event.host !== null ? progress.running.get(event.host) : undefined;
  if (event.type !== "waiting" && event.type !== "note") progress.waiting = null;
  switch (event.type) {
    case "operation-started": {
      const { expectedSeconds } = event;
      progress.operation = { hosts: event.hosts, since: at, expected: expectedSeconds === null || expectedSeconds === undefined ? null : at + expectedSeconds * 1000 };
      break;
    }
    case "ring-started":
      progress.ring = { ring: event.ring, of: event.of, name: event.name };
      for (const name of event.hosts) widen(progress, name);
      break;
    case "host-started":
      widen(progress, event.host);
      progress.running.set(event.host, { host: event.host, done: [], running: null, output: null, waiting: null });
      break;
    case "waiting": {
      const before = line ? line.waiting : progress.waiting;
      const waiting = { for: event.for, since: before?.for === event.for ? before.since : at - event.seconds * 1000 };
      if (line) line.waiting = waiting;
      else progress.waiting = waiting;
      break;
    }
    case "step-started":
      if (line) Object.assign(line, { running: { step: event.step, since: at }, output: null, waiting: null });
      break;
    case "output":
      if (line) line.output = event.line;
      break;
    case "step-ended":
      if (!line) break;
      Object.assign(line, { running: null, output: null, waiting: null });
      if (event.outcome === "ok" && event.step !== "undo" && !QUIET_STEPS.has(event.step)) line.done.push(stepDone(event.step, event.seconds, event.detail));
      else if (event.outcome === "failed") line.done.push(stepFailed(event.step));
      break;
    case "host-ended":
      progress.running.delete(event.result.host);
      progress.outcomes.set(event.result.host, event.result.outcome);
      break;
    case "bake-started":
      progress.bake = { ring: event.ring, seconds: event.seconds, until: at + event.seconds * 1000, hosts: [] };
      break;
    case "bake-sample":
      if (progress.bake) Object.assign(progress.bake, { until: at + event.secondsLeft * 1000, hosts: event.hosts });
      break;
    case "bake-ended": progress.bake = null; break;
    case "revert-started": Object.assign(progress, { reverting: event.hosts, ring: null, bake: null }); break;
    case "move-started": case "move-step-started": case "move-progress": case "move-step-ended": followLine(progress, event.customer, event, at); break;
    case "restore-started": case "restore-step-started": case "restore-progress": case "restore-step-ended": followLine(progress, event.subject, event, at); break;
    case "customer-started": case "customer-step-started": case "customer-progress": case "customer-step-ended": followLine(progress, event.customer, event, at); break;
    // Several may be at work at once.
    case "customer-ended": progress.running.delete(event.summary.customer); break;
    case "operation-ended": case "move-ended": case "restore-ended": Object.assign(progress, newProgress()); break;
    case "ring-ended": case "census": case "note": case "command": break;
  }
}

type LineEvent = Extract<Event, { type: `${"move" | "customer" | "restore"}-${"started" | "step-started" | "progress" | "step-ended"}` }>;

/** A move, or what else is done about a customer, has one line: the customer's. */
function followLine(progress: Progress, subject: string, event: LineEvent, at: number): void {
  const line = progress.running.get(subject) ?? { host: subject, done: [], running: null, output: null, waiting: null };
  widen(progress, subject);
  progress.running.set(subject, line);
  if (event.type === "move-step-started" || event.type === "customer-step-started" || event.type === "restore-step-started") Object.assign(line, { running: { step: event.step, since: at }, output: null, waiting: null });
  else if (event.type === "move-progress" || event.type === "customer-progress" || event.type === "restore-progress") line.output = event.text;
  else if (event.type === "move-step-ended" || event.type === "customer-step-ended" || event.type === "restore-step-ended") {
    Object.assign(line, { running: null, output: null, waiting: null });
    if (event.outcome === "failed") line.done.push(stepFailed(event.step));
    else if (!QUIET_STEPS.has(event.step)) line.done.push(stepDone(event.step, event.seconds, null));
  }
}

function widen(progress: Progress, name: string): void {
  progress.nameWidth = Math.max(progress.nameWidth, name.length);
}

export interface Tally { total: number; done: number; updated: number; failed: number; left: number }

/** Of the way forward, or, when hosts are brought back, of the way back. */
export function tally({ operation, outcomes, reverting }: Progress): Tally {
  const names = reverting ?? [...outcomes.keys()];
  const amount = (...wanted: HostOutcome["outcome"][]): number => names.filter((name) => wanted.includes(outcomes.get(name)!)).length;
  const updated = reverting ? amount("reverted") : amount("updated", "unchanged", "reverted");
  const failed = amount("failed");
  const total = reverting?.length ?? Math.max(operation?.hosts ?? 0, updated + failed);
  return { total, done: updated + failed, updated, failed, left: total - updated - failed };
}

/** Seconds that are likely left: by the plan while it holds, then by the pace so far; null when nothing is known. */
export function secondsLeft(progress: Progress, at: number): number | null {
  const { operation, bake } = progress;
  if (!operation) return null;
  const { done, left } = tally(progress);
  if (!progress.reverting && operation.expected !== null && operation.expected > at) return (operation.expected - at) / 1000;
  if (done === 0 || progress.reverting) return null;
  const watching = bake ? Math.max(0, bake.until - at) / 1000 : 0;
  return (at - operation.since) / 1000 / done * left + watching;
}
