/** Runs a plan over the fleet: ring after ring, so many hosts at once, until done or until the policy says stop. */
import pLimit from "p-limit";
import { exitCode, Refused, UserError } from "../errors.ts";
import { JournalAway } from "../journal/away.ts";
import type { Journal } from "../journal/journal.ts";
import type { HostOutcome, Report, Summary } from "../report/event.ts";
import type { AppContainer } from "../host/observe.ts";
import { type Census, takeCensus } from "./census.ts";
import type { Job } from "./job.ts";
import { nextCommand } from "./next.ts";
import { type Plan, type PlannedHost, plannedHosts } from "./plan.ts";
import { afterFailure } from "./policy.ts";
import { revertHosts, type RevertTarget } from "./revert.ts";
import { updateHost } from "./update.ts";
import type { Rates } from "./watch.ts";

export interface Rollout {
  operation: string;
  /** As typed: `update-all`, `update`, `rollback`, `resume`. */
  verb: string;
  plan: Plan;
  /** What the host needs for the plan's release. */
  job(host: string): Promise<Job>;
  /** What it needs to go back to a release that it ran when the plan was made. */
  jobBack(host: string, to: AppContainer, operation: string): Promise<Job>;
  /** Watches a ring's hosts; resolves with those that do worse than before. `goOn`: whether after so many faults. */
  bake(hosts: readonly Watched[], ring: { number: number; seconds: number; goOn(faults: number): boolean }): Promise<{ host: string; fault: string }[]>;
  census: Census | null;
  journal: Journal;
  report: Report;
  signal: AbortSignal;
  wait: number;
  now(): Date;
}

/** An updated host as it is watched. */
export interface Watched { host: string; container: string; past: Rates | null }

/** Throws Refused when the lock of the very first host is somebody's: nothing was done then. */
export async function runRollout(rollout: Rollout): Promise<Summary> {
  const { operation, verb, plan, report, signal, now } = rollout;
  const began = now().getTime();
  const fleet = new FleetRun(rollout);
  for (const [index, ring] of plan.rings.entries()) {
    const hosts = ring.hosts.map(({ host }) => host);
    report.event({ type: "ring-started", ring: index + 1, name: ring.name, of: plan.rings.length, hosts });
    const limit = pLimit(ring.concurrency);
    await Promise.all(ring.hosts.map((host) => limit(() => fleet.visit(host))));
    await fleet.tidied();
    report.event({ type: "ring-ended", ring: index + 1 });
    if (fleet.goesOn && ring.bakeSeconds > 0 && index < plan.rings.length - 1) await fleet.bake(index + 1, ring.bakeSeconds, hosts);
  }
  if (fleet.decision === "revert" && !signal.aborted) await fleet.revert();
  const hosts = fleet.outcomes();
  const failures = hosts.filter(({ outcome }) => outcome === "failed").length;
  const ok = hosts.every(({ outcome }) => outcome === "updated" || outcome === "unchanged");
  const census = rollout.census && (hosts.length > 1 || !ok) ? await takeCensus(rollout.census, hosts) : null;
  if (census) report.event({ type: "census", hosts: census });
  return {
    operation, verb, release: plan.release.version, ok, rings: plan.rings.map(({ name, hosts }) => ({ name, hosts: hosts.map(({ host }) => host) })), hosts,
    skipped: plan.skipped, waiting: plan.waiting.map(({ host, until, reason }) => ({ host, until, reason })),
    onFailure: plan.onFailure, failures, mostFailures: plan.mostFailures, census, stopped: signal.aborted,
    seconds: (now().getTime() - began) / 1000, next: ok ? null : nextCommand(verb, plan.release.version, hosts),
  };
}

class FleetRun {
  readonly #rollout: Rollout;
  #started = 0;
  readonly #done = new Map<string, HostOutcome>();
  readonly #visits: Promise<void>[] = [];
  /** What runs on updated hosts, and how they did before. */
  readonly #watched = new Map<string, Watched>();
  /** What served on updated hosts before. */
  readonly #previous = new Map<string, AppContainer>();
  constructor(rollout: Rollout) {
    this.#rollout = rollout;
  }

  get #failed(): number {
    return [...this.#done.values()].filter(({ outcome, failure }) => outcome === "failed" && !failure?.interrupted).length;
  }

  get decision(): ReturnType<typeof afterFailure> {
    return afterFailure(this.#rollout.plan, this.#failed);
  }

  get goesOn(): boolean {
    return this.decision === "go-on" && !this.#rollout.signal.aborted;
  }

  /** Resolves when the next host may have its turn: this one serves the release and has stayed well, or it failed. It may still be tidying up. */
  async visit({ host, action, from }: PlannedHost): Promise<void> {
    if (!this.goesOn) return;
    this.#started += 1;
    const { report, plan } = this.#rollout;
    report.event({ type: "host-started", host, action, from, to: plan.release.version });
    const { promise: served, resolve: serves } = Promise.withResolvers<void>();
    const whole = this.#attempt(host, from, serves).then((result) => {
      this.#done.set(host, result);
      report.event({ type: "host-ended", result });
    });
    this.#visits.push(whole);
    await Promise.race([served, whole]);
  }

  /** Resolves when all visited hosts are through. */
  async tidied(): Promise<void> {
    await Promise.all(this.#visits);
  }

  async #attempt(host: string, from: string | null, serves: () => void): Promise<HostOutcome> {
    const { plan, job, wait, journal, report, signal } = this.#rollout;
    try {
      const made = await job(host);
      const result = await updateHost(made, { journal, report, signal, wait, serves });
      if (result.outcome === "updated") this.#watched.set(host, { host, container: made.started ?? made.previous?.name ?? made.fresh, past: made.past ?? null });
      if (result.outcome === "updated" && made.previous && made.previous.release !== plan.release.version) this.#previous.set(host, made.previous);
      // Of a host that failed before it was looked at, only the plan knows.
      return result.from === null ? { ...result, from } : result;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Nothing else was done yet: the lock of the very first host is somebody's, and that is the whole answer.
      if (error instanceof Refused && this.#started === 1) throw error;
      const failure = { step: "lock" as const, reason: error.message, undone: "nothing was changed there", ...(error.hint ? { hint: error.hint } : {}) };
      return { host, outcome: "failed", from, to: plan.release.version, seconds: 0, failure };
    }
  }

  /** A host that does worse than before failed late: it goes back like one that failed in its update. */
  async bake(ring: number, seconds: number, hosts: readonly string[]): Promise<void> {
    const updated = hosts.flatMap((host) => this.#done.get(host)?.outcome === "updated" ? this.#watched.get(host) ?? [] : []);
    if (updated.length === 0) return;
    const goOn = (faults: number): boolean => afterFailure(this.#rollout.plan, this.#failed + faults) === "go-on";
    for (const { host, fault } of await this.#rollout.bake(updated, { number: ring, seconds, goOn })) {
      const outcome = this.#done.get(host)!;
      const [back] = await this.#takeBack([host]);
      const undone = back?.outcome === "reverted" ? `brought back to ${back.from}, which serves again` : back?.failure?.undone ?? "it ran no release before, so it was left as it is";
      const result: HostOutcome = { ...outcome, outcome: "failed", failure: { step: "steady", reason: `${host}: while it was watched, ${fault}`, undone } };
      this.#done.set(host, result);
      this.#rollout.report.event({ type: "host-ended", result });
    }
  }

  /** Brings back every host that this run updated, the last one first. */
  async revert(): Promise<void> {
    const updated = [...this.#done.values()].filter(({ host, outcome }) => outcome === "updated" && this.#previous.has(host)).map(({ host }) => host).reverse();
    if (updated.length === 0) return;
    this.#rollout.report.event({ type: "revert-started", hosts: updated });
    await this.#takeBack(updated, (result) => {
      this.#done.set(result.host, result);
      this.#rollout.report.event({ type: "host-ended", result });
    });
  }

  async #takeBack(hosts: readonly string[], back: (outcome: HostOutcome) => void = () => {}): Promise<HostOutcome[]> {
    const targets = hosts.flatMap((host) => { const to = this.#previous.get(host); return to ? [{ host, to }] : []; });
    if (targets.length === 0) return [];
    const results = await revertHosts(this.#rollout, targets, back).catch((error: unknown) => this.#notBegun(error, targets, back));
    for (const { host, outcome } of results) if (outcome === "reverted") this.#previous.delete(host);
    return results;
  }

  /** A way back that can't be noted is not begun: those hosts stay as they are, and the summary says so. */
  #notBegun(error: unknown, targets: readonly RevertTarget[], back: (outcome: HostOutcome) => void): HostOutcome[] {
    if (!(error instanceof JournalAway)) throw error;
    const { version } = this.#rollout.plan.release;
    const failure = { step: "lock" as const, reason: error.message, undone: `it still runs ${version}`, ...(error.hint ? { hint: error.hint } : {}) };
    const results = targets.map(({ host, to }): HostOutcome => ({ host, outcome: "failed", from: to.release, to: version, seconds: 0, failure }));
    results.forEach(back);
    return results;
  }

  /** Of every host of the plan, in its order. */
  outcomes(): HostOutcome[] {
    const { plan } = this.#rollout;
    const { version } = plan.release;
    return [
      ...plan.unchanged.map((host): HostOutcome => ({ host, outcome: "unchanged", from: version, to: version, seconds: 0 })),
      ...plannedHosts(plan).map(({ host, from }): HostOutcome => this.#done.get(host) ?? { host, outcome: "not-reached", from, to: version, seconds: 0 }),
    ];
  }
}

export const exitOf = (summary: Summary): 0 | 1 => summary.ok ? exitCode.ok : exitCode.failed;
