/** A move, the way back and the next move, each as its user types it, and when requests were held in it. */
import { startDeploy } from "../../drills/site/running.ts";
import type { MoveSummary } from "../../deploy/report/move-event.ts";
import { type Scene, SLUG } from "./scene.ts";

export interface Leg {
  /** Milliseconds since 1970. */
  began: number;
  ended: number;
  /** When requests were held; what the host tells comes a moment later. */
  held: { from: number; until: number };
  hold: number;
  steps: { step: string; seconds: number }[];
  summary: MoveSummary;
}

export const THERE = ["move", "run", SLUG, "--watch", "0"];
export const BACK = ["move", "back", SLUG, "--yes", "--watch", "0"];

/** A result that takes longer to be told than this was not told while requests were held. */
const LATE = 500;

/** Throws unless the customer was brought over. */
export async function leg({ clone }: Scene, words: readonly string[]): Promise<Leg> {
  const began = Date.now();
  const steps: Leg["steps"] = [];
  let over = 0;
  const { events, stdout, stderr } = await startDeploy(clone, words, (event) => {
    if (event.type !== "move-step-ended") return;
    steps.push({ step: event.step, seconds: event.seconds });
    if (event.step === "hold") over = Date.now();
  }).ended;
  const last = events.findLast((event) => event.type === "move-ended");
  const hold = last?.summary.holdMilliseconds ?? null;
  if (!last?.summary.ok || hold === null) throw new Error(`deploy ${words.join(" ")} did not bring the customer over: ${last ? JSON.stringify(last.summary.failure) : `${stderr}${stdout.slice(-2000)}`}`);
  return { began, ended: Date.now(), held: { from: over - hold - LATE, until: over }, hold, steps, summary: last.summary };
}
