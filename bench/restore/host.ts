/** A host is destroyed while customers work on it, its disk with it, and rebuilt by one command; every acknowledged write is looked for. */
import { setTimeout as sleep } from "node:timers/promises";
import { idsOn } from "../../drills/move/round.ts";
import { destroyHost } from "../../drills/restore/destroy.ts";
import { HOST } from "../../drills/restore/raise.ts";
import { startDeploy } from "../../drills/site/running.ts";
import type { Back } from "./customer.ts";
import { type Scene, SLUG } from "./scene.ts";

/** A second. */
const RATES = { writes: 50, reads: 50, others: 1 };
/** Seconds of work before the end. */
const BEFORE = 30;

export async function rebuild({ clone, ledger, traffic }: Scene, progress: (line: string) => void, size: number): Promise<Back> {
  const [own, others] = [ledger(SLUG, RATES.writes * size, RATES.reads * size), traffic(RATES.others, [SLUG])];
  let gone: number;
  let stopped: Promise<unknown> | undefined;
  const stop = (): void => { stopped ??= Promise.all([own.stop(), others.stop()]); };
  try {
    progress(`${BEFORE} s of work …`);
    await sleep(BEFORE * 1000);
    // Who goes on to ask a machine that is gone only waits.
    gone = await destroyHost(clone, HOST, stop);
  } finally {
    stop();
    await stopped;
  }
  progress("machine and disk are gone; rebuilding …");
  const began = Date.now();
  const steps: { step: string; seconds: number }[] = [];
  const { events, stdout, stderr } = await startDeploy(clone, ["restore", "host", HOST, "--yes"], (event) => {
    if (event.type !== "restore-step-ended") return;
    steps.push({ step: event.step, seconds: event.seconds });
    progress(`  ${event.step} ${event.seconds.toFixed(1)} s ${event.detail ?? ""}`);
  }).ended;
  const seconds = (Date.now() - began) / 1000;
  const summary = events.findLast((event) => event.type === "restore-ended")?.summary;
  if (!summary?.ok) throw new Error(`the host was not rebuilt: ${summary ? JSON.stringify(summary.failure) : `${stderr}${stdout.slice(-2000)}`}`);
  const there = await idsOn(clone, HOST);
  const lost = [...own.acknowledged].filter(([id]) => !there.has(id));
  // The power went some time after it was asked to: what was acknowledged last says how late at least.
  const end = Math.max(gone, ...own.acknowledged.values());
  const milliseconds = lost.length === 0 ? 0 : end - Math.min(...lost.map(([, at]) => at));
  return {
    rows: [
      { what: "acknowledged so shortly before the end, and lost", values: [milliseconds], unit: "ms" },
      { what: "host rebuilt", values: [seconds] },
      ...steps.filter((one) => one.seconds >= 0.1).map((one) => ({ what: `host: ${one.step}`, values: [one.seconds] })),
    ],
    notes: [`The host: ${RATES.writes * size} writes a second; ${lost.length} of ${own.acknowledged.size} acknowledged ones lost. ${summary.notes.join("; ")}.`],
    figure: `a host gone with its disk: the last ${milliseconds} ms of acknowledged writes lost (${lost.length} of ${own.acknowledged.size}), rebuilt in ${seconds.toFixed(1)} s`,
  };
}
