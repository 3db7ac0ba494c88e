/**
 * A customer of a million rows and two gigabytes of files goes from a shared host of fifty customers to a host of its own
 * and back, again and again, while it writes and reads and the others work; against what a dump and a restore of the same
 * would make it wait. Every acknowledged write is looked for where the customer is served at the end.
 */
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { missingOn } from "../drills/move/round.ts";
import { type Ledger, openLedger } from "../drills/move/ledger.ts";
import { tokensOf } from "../drills/traffic/tokens.ts";
import type { Summary } from "../drills/traffic/tally.ts";
import { startTraffic, type Traffic } from "../drills/traffic/traffic.ts";
import type { Options, Outcome, Row } from "./main.ts";
import { dumpAndRestore } from "./move/dump.ts";
import { BACK, type Leg, leg, THERE } from "./move/legs.ts";
import { openScene, type Scene, SLUG } from "./move/scene.ts";
import { median } from "./update/samples.ts";

const FLIPS = 20;
/** Of the customer, and of each other one; a second. */
const RATES = { writes: 200, reads: 400, others: 1 };
/** Seconds of work before anything is moved. */
const BEFORE = 30;

interface Work { ledger: Ledger; traffic: Traffic }

export async function run(progress: (line: string) => void, { rounds = FLIPS, size = 1 }: Options): Promise<Outcome> {
  const scene = await openScene(progress, size);
  try {
    const began = Date.now();
    const work = await begin(scene, size);
    const load = [loadavg()[0]!];
    const legs: Leg[] = [];
    let done: Summary[];
    try {
      progress(`${BEFORE} s of work before …`);
      await sleep(BEFORE * 1000);
      for (let turn = 0; turn < rounds; turn += 1) {
        const { hold, began: from, ended, summary } = legs[legs.push(await leg(scene, turn === 0 ? [...THERE, "--to", "dedicated"] : turn % 2 === 0 ? THERE : BACK)) - 1]!;
        load.push(loadavg()[0]!);
        progress(`${turn + 1} of ${rounds}: ${summary.verb} in ${((ended - from) / 1000).toFixed(1)} s, held for ${hold} ms`);
      }
    } finally {
      done = await Promise.all([work.ledger.stop(), work.traffic.stop()]);
    }
    const [own, others] = done as [Summary, Summary];
    const serving = legs.at(-1)!.summary.serving!;
    const lost = await missingOn(scene.clone, serving, work.ledger.acknowledged);
    progress("the same by dump and restore …");
    const waits = await dumpAndRestore(scene, "shared", SLUG);
    const before = { from: began, until: legs[0]!.began };
    return {
      rows: rowsOf(legs, work, before, waits),
      notes: [
        `${SLUG}: ${legs[0]!.summary.rows.toLocaleString("en")} rows, ${Math.round(legs[0]!.summary.bytes / 1e6).toLocaleString("en")} MB with its files; ${RATES.writes * size} writes and ${RATES.reads * size} reads a second. ${others.sent.toLocaleString("en")} requests of the others, ${others.failed} failed${listed(others)}.`,
        `Load average during the run: ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}.`,
        ...(own.failed > 0 ? [`The customer's failed requests: ${listed(own)}`] : []),
      ],
      figure: figureOf(legs, own, work.ledger.acknowledged.size, lost, waits),
    };
  } finally {
    await scene.clone.remove();
  }
}

async function begin({ clone: { directory, environment }, target, others }: Scene, size: number): Promise<Work> {
  const everyone = [target(), ...others()];
  const tokens = await tokensOf(directory, environment, everyone);
  const surroundings = { ...process.env, ...environment };
  return {
    ledger: openLedger({ target: target(), environment: surroundings, tokens, writes: RATES.writes * size, reads: RATES.reads * size }),
    traffic: startTraffic({ targets: others(), environment: surroundings, tokens, rate: RATES.others * size }),
  };
}

function rowsOf(legs: readonly Leg[], { ledger, traffic }: Work, before: { from: number; until: number }, waits: number): Row[] {
  const [first] = legs as [Leg, ...Leg[]];
  const ms = (what: string, values: number[]): Row => ({ what, values, unit: "ms" });
  return [
    ms("requests held", legs.map(({ hold }) => hold)),
    ms("longest answer to the customer around a hold", legs.map(({ held }) => ledger.span(held.from, held.until).max)),
    ms("the customer's 99th percentile before", [ledger.span(before.from, before.until).p99]),
    ms("the others' 99th percentile before", [traffic.span(before.from, before.until).p99]),
    ms("the others' 99th percentile while it was copied and moved", [traffic.span(first.began, first.ended).p99]),
    ms("the others' 99th percentile in later moves", legs.slice(1).map(({ began, ended }) => traffic.span(began, ended).p99)),
    { what: "a whole move, host and all", values: [(first.ended - first.began) / 1000] },
    ...first.steps.filter(({ seconds }) => seconds >= 0.1).map(({ step, seconds }) => ({ what: `step ${step}`, values: [seconds] })),
    { what: "the way back, or there again", values: legs.slice(1).map(({ began, ended }) => (ended - began) / 1000) },
    { what: "by dump and restore everybody on the host waits", values: [waits] },
  ];
}

const listed = ({ failures }: Summary): string => (failures.length > 0 ? ` (${failures.join("; ")})` : "");

function figureOf(legs: readonly Leg[], own: Summary, acknowledged: number, lost: number, waits: number): string {
  const holds = legs.map(({ hold }) => hold);
  return `held for ${median(holds).toFixed(1)} ms in the median and ${Math.max(...holds).toFixed(1)} ms at most in ${legs.length} moves; ${own.failed} of ${own.sent.toLocaleString("en")} requests failed, ${lost} of ${acknowledged.toLocaleString("en")} acknowledged writes lost; by dump and restore it would wait ${waits.toFixed(1)} s`;
}
