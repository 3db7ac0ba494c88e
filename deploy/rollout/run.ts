/** Runs a plan: host after host, until done or until one fails. */
import { exitCode, Refused, UserError } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";
import type { HostOutcome, Report, Summary } from "../report/event.ts";
import type { Job } from "./job.ts";
import { type Plan, plannedHosts } from "./plan.ts";
import { updateHost } from "./update.ts";

export interface Rollout {
  operation: string;
  /** As typed: `update-all`, `update`, `rollback`. */
  verb: string;
  plan: Plan;
  job(host: string): Promise<Job>;
  journal: Journal;
  report: Report;
  signal: AbortSignal;
  now(): Date;
}

/** The rest of the plan is not reached after a failure: policy `halt`. */
export async function runRollout({ operation, verb, plan, job, journal, report, signal, now }: Rollout): Promise<Summary> {
  const began = now().getTime();
  const { version } = plan.release;
  const done: HostOutcome[] = plan.unchanged.map((host) => ({ host, outcome: "unchanged", from: version, to: version, seconds: 0 }));
  let halted = false;
  for (const { host, action, from } of plannedHosts(plan)) {
    if (halted || signal.aborted) {
      done.push({ host, outcome: "not-reached", from, to: version, seconds: 0 });
      continue;
    }
    report.event({ type: "host-started", host, action, from, to: version });
    const result = await attempt(host, from);
    report.event({ type: "host-ended", result });
    done.push(result);
    halted = result.outcome === "failed";
  }
  const ok = done.every(({ outcome }) => outcome === "updated" || outcome === "unchanged");
  const seconds = (now().getTime() - began) / 1000;
  const failures = done.filter(({ outcome }) => outcome === "failed").length;
  return {
    operation, verb, release: version, ok, rings: plan.rings.map(({ name, hosts }) => ({ name, hosts: hosts.map(({ host }) => host) })), hosts: done,
    skipped: plan.skipped, waiting: plan.waiting.map(({ host, until, reason }) => ({ host, until, reason })), onFailure: "halt", failures, mostFailures: 0, census: null,
    stopped: signal.aborted, seconds, next: ok ? null : nextCommand(verb, version, done),
  };

  async function attempt(host: string, from: string | null): Promise<HostOutcome> {
    try {
      return await updateHost(await job(host), { journal, report, signal });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Nothing else was done yet: the lock of the very first host is somebody's, and that is the whole answer.
      if (error instanceof Refused && done.every(({ outcome }) => outcome === "unchanged")) throw error;
      const failure = { step: "lock" as const, reason: error.message, undone: "nothing was changed there", ...(error.hint ? { hint: error.hint } : {}) };
      return { host, outcome: "failed", from, to: version, seconds: 0, failure };
    }
  }
}

/** What to type after a halt. */
export function nextCommand(verb: string, version: string, hosts: readonly HostOutcome[]): string {
  const failed = hosts.find(({ outcome }) => outcome === "failed");
  const updated = hosts.find(({ outcome, from }) => outcome === "updated" && from);
  const again = verb === "update-all" ? `deploy update-all ${version}` : `deploy ${verb} ${failed?.host ?? hosts[0]?.host ?? ""}${verb === "update" ? ` ${version}` : ""}`;
  if (failed?.failure?.step === "lock") return `\`${again}\` once the lock is free`;
  if (!failed || failed.failure?.interrupted) return `\`${again}\` continues`;
  return `see \`deploy logs ${failed.host}\`; fix, then \`${again}\` ${verb === "update-all" ? "continues" : "tries again"}${updated ? `; or \`deploy rollback ${updated.host}\`` : ""}`;
}

export const exitOf = (summary: Summary): 0 | 1 => summary.ok ? exitCode.ok : exitCode.failed;
