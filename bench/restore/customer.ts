/** One customer goes back by a minute while the others of its database work. */
import { setTimeout as sleep } from "node:timers/promises";
import { idsOn } from "../../drills/move/round.ts";
import { HOST } from "../../drills/restore/raise.ts";
import { startDeploy } from "../../drills/site/running.ts";
import type { Row } from "../main.ts";
import { type Scene, SLUG, WRITER } from "./scene.ts";

/** A second: of the one who is taken back and of one beside; of each of the others. */
const RATES = { writes: 10, reads: 10, others: 2 };
const MINUTE = 60_000;
/** Around the time that is gone back to, what was written may be on either side: clocks, and answers on their way. */
const BLUR = 1000;

export interface Back { rows: Row[]; notes: string[]; figure: string }

export async function takeBack({ clone, ledger, traffic, target }: Scene, progress: (line: string) => void): Promise<Back> {
  const began = Date.now();
  const [own, beside, others] = [ledger(SLUG, RATES.writes, RATES.reads), ledger(WRITER, RATES.writes, RATES.reads), traffic(RATES.others, [SLUG, WRITER])];
  progress("a minute and a half of work before …");
  await sleep(1.5 * MINUTE);
  await own.stop();
  const from = Date.now();
  const at = from - MINUTE;
  const steps: { step: string; seconds: number; ended: number }[] = [];
  const run = await startDeploy(clone, ["restore", "customer", SLUG, "--to", new Date(at).toISOString(), "--in-place", "--yes"], (event) => {
    if (event.type !== "restore-step-ended") return;
    steps.push({ step: event.step, seconds: event.seconds, ended: Date.now() });
    progress(`  ${event.step} ${event.seconds.toFixed(1)} s ${event.detail ?? ""}`);
  }).ended;
  const until = Date.now();
  const [seenBeside, seen] = await Promise.all([beside.stop(), others.stop()]);
  const summary = run.events.findLast((event) => event.type === "restore-ended")?.summary;
  if (run.code !== 0 || !summary?.ok) throw new Error(`${SLUG} was not taken back: ${JSON.stringify(summary?.failure)} ${run.stderr}`);
  const there = await idsOn(clone, HOST);
  const missing = [...own.acknowledged].filter(([id, when]) => when < at - BLUR && !there.has(id)).length;
  const younger = [...own.acknowledged].filter(([id, when]) => when > at + BLUR && there.has(id)).length;
  const lost = [...beside.acknowledged.keys()].filter((id) => !there.has(id)).length;
  const when = (step: string): { began: number; ended: number } => { const { ended, seconds } = steps.find((one) => one.step === step)!; return { began: ended - seconds * 1000, ended }; };
  const notice = (when("resume").ended - when("suspend").began) / 1000;
  const failed = seen.failed + seenBeside.failed;
  const sent = seen.sent + seenBeside.sent;
  const [before, during] = [[began + 5000, from] as const, [from, until] as const].map(([a, b]) => ({ short: others.span(a, b).p99, api: beside.span(a, b).p99 }));
  return {
    rows: [
      { what: "one customer back by a minute", values: [(until - from) / 1000] },
      { what: "of that: it sees the notice of a suspended one", values: [notice] },
      ...steps.filter(({ seconds }) => seconds >= 0.1).map(({ step, seconds }) => ({ what: `customer: ${step}`, values: [seconds] })),
      { what: "others' 99th percentile before, short requests", values: [before!.short], unit: "ms" },
      { what: "others' 99th percentile meanwhile, short requests", values: [during!.short], unit: "ms" },
      { what: "others' 99th percentile before, writes and reads", values: [before!.api], unit: "ms" },
      { what: "others' 99th percentile meanwhile, writes and reads", values: [during!.api], unit: "ms" },
    ],
    notes: [
      `${target(SLUG).hostname}: of ${own.acknowledged.size} acknowledged writes ${missing} from before that time are missing, ${younger} from after it are there (a second around it is not counted).`,
      `The others: ${failed} of ${sent} requests failed${failed > 0 ? ` (${[...seen.failures, ...seenBeside.failures].join("; ")})` : ""}; ${lost} of ${beside.acknowledged.size} writes acknowledged to ${WRITER} meanwhile are missing.`,
    ],
    figure: `one customer back by a minute in ${((until - from) / 1000).toFixed(1)} s, ${notice.toFixed(1)} s of it with a notice; ${failed} of ${sent} requests of the others failed, their 99th percentile ${before!.short.toFixed(0)} ms before and ${during!.short.toFixed(0)} ms meanwhile`,
  };
}
