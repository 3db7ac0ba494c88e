/** The words of single events: shared by the live and the plain report. */
import type { Event, HostOutcome, StepName } from "./event.ts";
import { count, seconds } from "./units.ts";

type Of<Type extends Event["type"]> = Extract<Event, { type: Type }>;

/** Steps whose success nobody needs to read about; they are shown while they run and when they fail. */
export const QUIET_STEPS: ReadonlySet<string> = new Set(["lock", "preflight", "prune", "record", "unlock"] satisfies StepName[]);

const SHORT: Readonly<Record<string, string>> = { "backup-check": "backup", "gate-inside": "inside", "gate-outside": "outside" };
export const shortName = (step: string): string => SHORT[step] ?? step;

/** `✓ pull 2.1 s`; times under 0.3 s say nothing. */
export function stepDone(step: string, took: number, detail: string | null): string {
  return ["✓", shortName(step), detail ?? "", took >= 0.3 ? seconds(took) : ""].filter(Boolean).join(" ");
}

export const stepFailed = (step: string): string => `✗ ${shortName(step)}`;

/** Why a host failed, what was done about it and where to look; the first line begins with `✗`. Nothing for other outcomes. */
export function failureLines({ host, failure, to }: HostOutcome): string[] {
  if (!failure) return [];
  const [first = "", ...more] = withoutHost(failure.reason, host).split("\n");
  return [
    failure.interrupted ? `✗ ${first}` : `${stepFailed(failure.step)}: ${first}`,
    ...more.map((line) => `    ${line}`),
    ...failure.undone.split("\n").map((line, at) => `${at === 0 ? "↩" : " "} ${line}`),
    ...(WITH_LOG.has(failure.step) ? [`  log: deploy logs ${host} --release ${to}`] : []),
    ...(failure.hint ? [`  ${failure.hint}`] : []),
  ];
}

/** Where the host's name stands in front already, its reasons need not begin with it. */
export const withoutHost = (reason: string, host: string): string => reason.startsWith(`${host}: `) ? reason.slice(host.length + 2) : reason;

/** Where the new release was running when it failed. */
const WITH_LOG: ReadonlySet<StepName> = new Set(["gate-inside", "canary", "switch", "gate-outside", "steady"]);

/** What became of a host whose steps are not shown; null when there is nothing to say, or failureLines say it. */
export function endWords({ outcome, from, to, seconds: took }: HostOutcome): string | null {
  if (outcome === "updated") return `done: ${to} after ${seconds(took)}`;
  if (outcome === "unchanged") return `already on ${to}`;
  if (outcome === "reverted") return `↩ brought back${from ? ` to ${from}` : ""} after ${seconds(took)}`;
  return null;
}

/** `120 requests, 0.0 % errors, p95 210 ms` */
export function sampleWords({ requests, errorPercent, p95Seconds, restarts }: Of<"bake-sample">["hosts"][number]): string {
  return [
    count(requests, "request"),
    ...(errorPercent === null ? [] : [`${errorPercent.toFixed(1)} % errors`]),
    ...(p95Seconds === null ? [] : [`p95 ${Math.round(p95Seconds * 1000)} ms`]),
    ...(restarts > 0 ? [count(restarts, "restart")] : []),
  ].join(", ");
}
