/** The journal as people read it: a list of operations, and one operation with all its steps. Times are UTC: whoever reads may sit elsewhere. */
import { EXPIRY_SECONDS } from "../host/lock.ts";
import type { OperationEntry, OperationRecord, StoreLock } from "../journal/journal.ts";
import { table } from "../report/table.ts";
import { age, seconds } from "../report/units.ts";
import { describePlan } from "../rollout/describe.ts";
import type { Plan } from "../rollout/plan.ts";
import { resultWords } from "./result.ts";
import type { HostTimeline, TimelineStep } from "./timeline.ts";

const since = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;
const utc = (iso: string, to: "minute" | "second"): string => new Date(iso).toISOString().slice(0, to === "minute" ? 16 : 19).replace("T", " ");
const called = ({ verb, subject }: Pick<OperationEntry, "verb" | "subject">): string => `${verb} ${subject}`;

/** `failed`, `running`, `silent`: an operation without an end whose tool shows no sign of life. */
export function stateOf({ outcome, beatAt }: Pick<OperationEntry, "outcome" | "beatAt">, now: string): string {
  return outcome ?? (since(beatAt, now) >= EXPIRY_SECONDS ? "silent" : "running");
}

/** `now`: by the clock of the store. */
export function historyText(operations: readonly OperationEntry[], running: readonly OperationEntry[], locks: readonly StoreLock[], now: string): string {
  if (operations.length === 0 && running.length === 0) return "The journal has no operation like that yet.";
  const rows = operations.map((operation) => [
    operation.id, utc(operation.startedAt, "minute"), operation.verb, operation.subject, `${operation.by}@${operation.machine}`, stateOf(operation, now),
    operation.endedAt === null || operation.outcome === "abandoned" ? "" : seconds(since(operation.startedAt, operation.endedAt)), shortened(resultWords(operation)),
  ]);
  return [
    ...running.map((operation) => runningLine(operation, locks, now)),
    ...(rows.length > 0 ? [table(["ID", "BEGAN (UTC)", "VERB", "OF", "BY", "OUTCOME", "TOOK", "RESULT"], rows, ["TOOK"])] : []),
  ].join("\n");
}

/** `At work: update-all v42 of ada on laptop for 42 s, holds rollout; last sign of life 3 s ago (ID)` */
function runningLine(operation: OperationEntry, locks: readonly StoreLock[], now: string): string {
  const held = locks.filter((lock) => lock.operation === operation.id).map(({ name }) => name);
  const what = `${called(operation)} of ${operation.by} on ${operation.machine}`;
  const silent = age(since(operation.beatAt, now));
  const holds = held.length > 0 ? `, holds ${held.join(", ")}` : "";
  if (stateOf(operation, now) === "silent") return `Died: ${what}${holds}; last sign of life ${silent} ago; the next rollout takes over (${operation.id})`;
  return `At work: ${what} for ${seconds(Math.max(0, since(operation.startedAt, now)))}${holds}; last sign of life ${silent} ago (${operation.id})`;
}

export interface Shown {
  operation: OperationRecord;
  /** What it resumes or reverts. */
  parent: OperationEntry | undefined;
  followers: readonly OperationEntry[];
  hosts: readonly HostTimeline[];
}

export function operationText({ operation, parent, followers, hosts }: Shown, now: string): string {
  const state = stateOf(operation, now);
  const end = operation.endedAt ?? now;
  const plan = planWords(operation.plan);
  const result = resultWords(operation);
  const rows: [string, string][] = [
    ["id", operation.id],
    ["by", `${operation.by} on ${operation.machine}`],
    ["began", `${utc(operation.startedAt, "second")} UTC`],
    ...(state === "abandoned" || operation.endedAt === null ? [["last heard", `${utc(operation.beatAt, "second")} UTC`] satisfies [string, string]] : []),
    ...(operation.lostTo ? [["taken over", `by ${operation.lostTo}`] satisfies [string, string]] : []),
    ...(operation.parent ? [[operation.verb === "revert" ? "reverts" : "goes on with", parent ? related(parent) : operation.parent] satisfies [string, string]] : []),
    ...followers.map((follower): [string, string] => [follower.verb === "revert" ? "reverted by" : "gone on with", related(follower)]),
    ...(plan ? [["plan", plan] satisfies [string, string]] : []),
    ...(result ? [["result", result] satisfies [string, string]] : []),
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  const took = state === "abandoned" || state === "silent" ? `, last heard of after ${seconds(since(operation.startedAt, operation.beatAt))}` : ` ${state === "running" ? "for" : "after"} ${seconds(Math.max(0, since(operation.startedAt, end)))}`;
  return [`${called(operation)}: ${state}${took}`, ...rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`), ...hostLines(hosts, state)].join("\n");
}

const related = (operation: OperationEntry): string => `${operation.id}: ${called(operation)}, ${operation.outcome ?? "without an end"}`;

/** The head of the plan as it was shown; null when there is none, or of a format that is not known any more. */
function planWords(text: string | null): string | null {
  try {
    const plan = JSON.parse(text ?? "null") as Plan | null;
    return plan?.format === 2 ? describePlan(plan).split("\n")[0]!.replace(/^Plan: /, "") : null;
  } catch {
    return null;
  }
}

const MARKS: Record<string, string> = { ok: "✓", failed: "✗", refused: "✗", stopped: "✗", abandoned: "?", skipped: "–" };

/** `  +12.3 s  ✓ gate-outside   0.4 s  3/3`, the columns of all hosts under one another. */
function hostLines(hosts: readonly HostTimeline[], state: string): string[] {
  const width = Math.max(0, ...hosts.flatMap(({ steps }) => steps.map(({ step }) => step.length)));
  const stepLines = ({ step, at, seconds: took, outcome, detail }: TimelineStep): string[] => {
    const [first = "", ...more] = (detail ?? "").split("\n");
    const time = took === null ? outcome ?? (state === "running" ? "running" : "no end") : seconds(took);
    const head = `  ${`+${seconds(at)}`.padStart(11)}  ${MARKS[outcome ?? ""] ?? "…"} ${step.padEnd(width)}  ${time.padStart(9)}`;
    return [`${head}  ${first}`, ...more.map((line) => `${" ".repeat(17)}${line}`)].map((line) => line.trimEnd());
  };
  return hosts.flatMap(({ host, steps }) => [host, ...steps.flatMap(stepLines)]);
}

const shortened = (text: string): string => text.length > 60 ? `${text.slice(0, 59)}…` : text;
