/** Moves a customer there and back while it and all others work, and counts what was lost. */
import { setTimeout as sleep } from "node:timers/promises";
import type { MoveStep } from "../../deploy/move/steps.ts";
import type { MoveSummary } from "../../deploy/report/move-event.ts";
import { startDeploy } from "../site/running.ts";
import type { Site } from "../site/site.ts";
import { targetsOf } from "../traffic/road.ts";
import { tokensOf } from "../traffic/tokens.ts";
import type { Summary } from "../traffic/tally.ts";
import { startTraffic } from "../traffic/traffic.ts";
import { openLedger } from "./ledger.ts";

export interface Leg {
  verb: string;
  summary: MoveSummary;
}

export interface Round {
  legs: Leg[];
  /** Of the customer: requests sent, failed, why; milliseconds. */
  customer: { sent: number; failed: number; failures: string[]; p50: number; p99: number; max: number };
  others: { sent: number; failed: number; failures: string[]; p99: number };
  acknowledged: number;
  /** Acknowledged and on neither host to be found, or only on the one that does not serve. */
  lost: { host: string; missing: number }[];
}

export interface RoundOptions {
  slug: string;
  writes: number;
  reads: number;
  others: number;
  watch: number;
  /** Reads the ids of all tickets on a host; absent: those in its database. */
  ids?: typeof idsOn;
}

/** A command; `killedAt`: as soon as that step begins, and then typed once more. */
export interface Errand { words: readonly string[]; killedAt?: MoveStep }

/** One errand after the other, under one load. */
export async function underWrites(site: Site, { slug, writes, reads, others, watch, ids }: RoundOptions, errands: readonly Errand[], told: (line: string) => void): Promise<Round> {
  const targets = targetsOf(site.directory);
  const target = targets.find((one) => one.slug === slug) ?? usage(slug);
  const tokens = await tokensOf(site.directory, site.environment, targets);
  const environment = { ...process.env, ...site.environment };
  const ledger = openLedger({ target, environment, tokens, writes, reads });
  const seen: Summary[] = [];
  const traffic = startTraffic({ targets: targets.filter((one) => one.slug !== slug), environment, tokens, rate: others });
  const done: Leg[] = [];
  try {
    for (const { words, killedAt } of errands) {
      const typed = [...words, "--watch", String(watch), "--wait", "120"];
      if (killedAt) await killed(site, typed, killedAt);
      const summary = await leg(site, typed, told);
      done.push({ verb: words.slice(0, 2).join(" "), summary });
      if (!summary.ok) break;
    }
  } finally {
    await Promise.all([traffic.stop(), ledger.stop()]).then((both) => seen.push(...both));
  }
  const [around, own] = seen as [Summary, Summary];
  const lost: Round["lost"] = [];
  for (const host of ["shared", slug]) lost.push({ host, missing: await missingOn(site, host, ledger.acknowledged, ids) });
  return {
    legs: done, acknowledged: ledger.acknowledged.size, lost,
    customer: { sent: own.sent, failed: own.failed, failures: own.failures, ...own.milliseconds },
    others: { sent: around.sent, failed: around.failed, failures: around.failures, p99: around.milliseconds.p99 },
  };
}

/** By `kill -9`, when the step begins. @throws when it did not come so far. */
export async function killed(site: Site, words: readonly string[], at: MoveStep): Promise<void> {
  const run = startDeploy(site, words, (event) => {
    if (event.type === "move-step-started" && event.step === at) run.signal("SIGKILL");
  });
  const { code, stdout, stderr } = await run.ended;
  if (code !== 137) throw new Error(`deploy ${words.join(" ")} was to be killed at ${at}, and ended with ${code}: ${stderr}${stdout.slice(-2000)}`);
}

async function leg(site: Site, words: readonly string[], told: (line: string) => void): Promise<MoveSummary> {
  const { ended } = startDeploy(site, words, (event) => {
    if (event.type === "move-step-ended") told(`${event.step} ${event.outcome} ${event.seconds.toFixed(1)} s ${event.detail ?? ""}`);
  });
  const { events, code, stdout, stderr } = await ended;
  const last = events.findLast((event) => event.type === "move-ended");
  if (!last) throw new Error(`deploy ${words.join(" ")} ended with ${code} and no result: ${stderr}${stdout.split("\n").slice(-3).join("\n")}`);
  return last.summary;
}

/** How many of the tickets a host's database has not. The last changes may still be on their way. */
export async function missingOn(site: Site, host: string, wanted: ReadonlyMap<string, unknown>, ids = idsOn): Promise<number> {
  for (let attempt = 0; ; attempt += 1) {
    const there = await ids(site, host);
    const missing = [...wanted.keys()].filter((id) => !there.has(id)).length;
    if (missing === 0 || attempt >= 5) return missing;
    await sleep(1000);
  }
}

/** Ids of all tickets in a host's database. */
export async function idsOn(site: Site, host: string): Promise<Set<string>> {
  const { code, stdout, stderr } = await site.run(["bin/deploy", "ssh", host, "--", "docker exec postgres psql -U app -d app -tAc 'select id from tickets'"]);
  if (code !== 0) throw new Error(`${host}: ${stderr}`);
  return new Set(stdout.split("\n"));
}

function usage(slug: string): never {
  throw new Error(`${slug} is no active customer of a live host`);
}
