/**
 * A host that backs up to an object store is destroyed while customers work on it, its disk with it, and rebuilt by one
 * command. Every acknowledged write is looked for in what came back: what is missing was acknowledged so shortly before.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { destroyHost } from "../drills/restore/destroy.ts";
import { openLedger } from "../drills/move/ledger.ts";
import { idsOn } from "../drills/move/round.ts";
import { bringUp, build } from "../drills/site/platform.ts";
import { startDeploy } from "../drills/site/running.ts";
import { backUp } from "../drills/restore/backups.ts";
import { targetsOf } from "../drills/traffic/road.ts";
import { tokensOf } from "../drills/traffic/tokens.ts";
import { cloneWithLab } from "../test/support/clone.ts";
import type { Options, Outcome } from "./main.ts";

const HOST = "shared";
const SLUG = "acme";
/** A second. */
const RATES = { writes: 50, reads: 50 };
/** Seconds of work before the end. */
const BEFORE = 20;

export async function run(progress: (line: string) => void, { size = 1 }: Options): Promise<Outcome> {
  progress("bringing up a lab and a host that backs up …");
  const clone = await cloneWithLab("epica.com.tr");
  try {
    clone.edit("customers.yaml", (text) => text.replace(/ {2}- slug: helmex[\s\S]*?(?= {2}# --- Shared)/, ""));
    clone.edit("hosting.yaml", (text) => text.replace(/ +- hosts: \[helmex\].*\n/, ""));
    await build(clone, "v1");
    await backUp(clone, async () => { await bringUp(clone, [HOST]); await clone.must(["bin/deploy", "update", HOST, "v1"]); }, HOST);
    const targets = targetsOf(clone.directory);
    const target = targets.find(({ slug }) => slug === SLUG)!;
    const tokens = await tokensOf(clone.directory, clone.environment, targets);
    progress(`${BEFORE} s of work …`);
    const ledger = openLedger({ target, environment: { ...process.env, ...clone.environment }, tokens, writes: RATES.writes * size, reads: RATES.reads * size });
    let gone: number;
    try {
      await sleep(BEFORE * 1000);
      gone = await destroyHost(clone, HOST);
    } finally {
      await ledger.stop();
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
    const lost = [...ledger.acknowledged].filter(([id]) => !there.has(id));
    const milliseconds = lost.length === 0 ? 0 : Math.max(0, gone - Math.min(...lost.map(([, at]) => at)));
    return {
      rows: [
        { what: "acknowledged before the end and not there", values: [milliseconds], unit: "ms" },
        { what: "rebuilt", values: [seconds] },
        ...steps.filter((one) => one.seconds >= 0.1).map((one) => ({ what: `step ${one.step}`, values: [one.seconds] })),
      ],
      notes: [`${RATES.writes * size} writes a second; ${lost.length} of ${ledger.acknowledged.size} acknowledged ones lost.`, ...summary.notes],
      figure: `the last ${milliseconds} ms of acknowledged writes were lost (${lost.length} of ${ledger.acknowledged.size}); rebuilt in ${seconds.toFixed(1)} s`,
    };
  } finally {
    await clone.remove();
  }
}
