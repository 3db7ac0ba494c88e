/** The words of each event: shared by the live and the plain report. */
import type { HostOutcome, StepName, Summary } from "./event.ts";
import { count, seconds } from "./units.ts";

/** Steps whose success nobody needs to read about; they are shown while they run and when they fail. */
export const QUIET_STEPS: ReadonlySet<StepName> = new Set(["lock", "preflight", "prune", "record", "unlock"]);

const SHORT: Partial<Record<StepName, string>> = { "backup-check": "backup", "gate-inside": "inside", "gate-outside": "outside" };
export const shortName = (step: StepName): string => SHORT[step] ?? step;

/** `✓ pull 2.1 s`; times under 0.3 s say nothing. */
export function stepDone(step: StepName, took: number, detail: string | null): string {
  return ["✓", shortName(step), detail ?? "", took >= 0.3 ? seconds(took) : ""].filter(Boolean).join(" ");
}

export function failureLines({ host, failure, to }: HostOutcome, width: number): string[] {
  if (!failure) return [];
  const pad = " ".repeat(width + 2);
  const [first = "", ...more] = failure.reason.replace(new RegExp(`^${host}: `), "").split("\n");
  return [
    `${host.padEnd(width)}  ✗ ${failure.interrupted ? first : `${shortName(failure.step)}: ${first}`}`,
    ...more.map((line) => `${pad}    ${line}`),
    `${pad}↩ ${failure.undone.replaceAll("\n", `\n${pad}  `)}`,
    ...(failure.step === "gate-inside" || failure.step === "gate-outside" || failure.step === "switch" ? [`${pad}  log: deploy logs ${host} --release ${to}`] : []),
    ...(failure.hint ? [`${pad}  ${failure.hint}`] : []),
  ];
}

/** `Halted: 1 updated, 1 failed, 1 not reached.` */
export function summaryLines(summary: Summary): string[] {
  const amount = (outcome: HostOutcome["outcome"]): number => summary.hosts.filter((host) => host.outcome === outcome).length;
  const parts = [
    ...(amount("updated") || !summary.ok ? [`${amount("updated")} updated`] : []),
    ...(amount("unchanged") ? [`${amount("unchanged")} already there`] : []),
    ...(amount("failed") ? [`${amount("failed")} failed`] : []),
    ...(amount("not-reached") ? [`${amount("not-reached")} not reached (${summary.hosts.filter(({ outcome }) => outcome === "not-reached").map(({ host }) => host).join(", ")})`] : []),
    ...(summary.skipped.length ? [`${summary.skipped.length} held back`] : []),
  ];
  const head = summary.ok ? `Done: ${summary.release} on ${count(amount("updated") + amount("unchanged"), "host")}` : "Halted";
  return [`${head}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}. ${seconds(summary.seconds)}`, ...(summary.next ? [`Next: ${summary.next}`] : [])];
}
