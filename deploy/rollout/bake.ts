/**
 * The time after a ring: its hosts are watched under their customers' requests before the next ring begins. Knows
 * nothing of connections; a sample comes from whoever calls.
 */
import type { Rollout } from "../../model/schema.ts";
import type { Traffic } from "../host/traffic.ts";
import type { Report } from "../report/event.ts";
import { between, judgeWatch, type Rates } from "./watch.ts";

export interface BakedHost {
  host: string;
  /** What it is judged against; null: nothing is known of its past (see recentPast). */
  past: Rates | null;
  /** Where its watch begins; absent: with the first sample. */
  since?: Traffic;
}

export interface BakeOptions {
  /** The ring's number, from 1. */
  ring: number;
  seconds: number;
  /** Seconds from one look at all hosts to the next. */
  every: number;
  limits: Rollout["watch"];
  /** Reads a host's traffic and the state of its app container; throws when it does not answer. */
  sample(host: string): Promise<Traffic>;
  report: Report;
  signal: AbortSignal;
  now(): Date;
  /** Seconds. */
  pause(seconds: number): Promise<void>;
  /** Whether the others are still watched after so many faults; absent: the first fault ends it. */
  goOn?(faults: number): boolean;
}

export interface BakeFault { host: string; fault: string }

/** A host that lost one packet is no fault of the release. */
const SILENT_LOOKS = 3;

/**
 * Resolves with the faults, each host's first, in the order in which they were found; empty when all went well or the
 * signal came first. A host that is silent three looks in a row, or at the last one, is at fault as well.
 */
export async function bake(hosts: readonly BakedHost[], options: BakeOptions): Promise<BakeFault[]> {
  const { ring, seconds, every, limits, sample, report, signal, now, pause, goOn = () => false } = options;
  if (hosts.length === 0 || seconds <= 0) return [];
  report.event({ type: "bake-started", ring, seconds, hosts: hosts.map(({ host }) => host) });
  const watched = hosts.map((host) => ({ ...host, silent: 0, rates: undefined as Rates | undefined }));
  const faults: BakeFault[] = [];
  const left = (): number => Math.max(0, seconds - (now().getTime() - began) / 1000);
  const began = now().getTime();
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

  for (let last = false; !last && !signal.aborted;) {
    last = left() === 0;
    const going = watched.filter(({ host }) => !faults.some((fault) => fault.host === host));
    const found = await Promise.all(going.map((one) => look(one, last)));
    faults.push(...found.filter((fault) => fault !== undefined));
    report.event({ type: "bake-sample", ring, secondsLeft: Math.ceil(left()), hosts: watched.flatMap(({ host, rates }) => rates ? [shown(host, rates)] : []) });
    if (faults.length === hosts.length || (faults.length > 0 && !goOn(faults.length))) break;
    if (!last && !signal.aborted) await Promise.race([pause(Math.min(every, left())), stopped]);
  }
  report.event({ type: "bake-ended", ring, faults });
  return faults;

  async function look(one: (typeof watched)[number], last: boolean): Promise<BakeFault | undefined> {
    try {
      const traffic = await sample(one.host);
      one.since ??= traffic;
      one.silent = 0;
      one.rates = between(one.since, traffic);
    } catch (error) {
      one.silent += 1;
      if (one.silent < SILENT_LOOKS && !last) return undefined;
      return { host: one.host, fault: error instanceof Error ? error.message : String(error) };
    }
    const fault = judgeWatch(one.past, one.rates, limits);
    return fault ? { host: one.host, fault } : undefined;
  }
}

const shown = (host: string, { requests, errorPercent, p95Seconds, restarts }: Rates) => ({ host, requests, errorPercent, p95Seconds, restarts });
