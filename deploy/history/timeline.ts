/** Steps of an operation, host by host, by when they began. Pure. */
import type { OperationEntry, Outcome, StepRecord } from "../journal/journal.ts";

export interface TimelineStep {
  step: string;
  /** Seconds since the operation began. */
  at: number;
  /** Null when it has no end, or when nobody knows it: its tool died. */
  seconds: number | null;
  outcome: Outcome | null;
  detail: string | null;
}

export interface HostTimeline { host: string; steps: TimelineStep[] }

/** Hosts in the order in which they were come to. */
export function timeline({ startedAt }: Pick<OperationEntry, "startedAt">, steps: readonly StepRecord[]): HostTimeline[] {
  const seconds = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;
  return [...Map.groupBy(steps, ({ host }) => host)].map(([host, own]) => ({
    host,
    steps: own.map(({ step, outcome, detail, ...times }) => ({
      step, outcome, detail, at: seconds(startedAt, times.startedAt),
      seconds: times.endedAt === null || outcome === "abandoned" || outcome === "skipped" ? null : seconds(times.startedAt, times.endedAt),
    })),
  }));
}
