/** What is told of a move: names, times and counts. Reasons quote hosts, so none goes out. */
import { z } from "zod";
import { MOVE_STEPS } from "../../move/steps.ts";
import type { MoveSummary } from "../move-event.ts";
import { seconds } from "../units.ts";

const what = {
  customer: z.string().describe("The customer's slug"),
  from: z.string().describe("Host that served when it began"),
  to: z.string().describe("Host that is to serve"),
};

export const moveStart = z.object(what);
export const moveEnd = z.object({
  ...what,
  outcome: z.enum(["done", "failed", "stopped", "broken"]).describe("`stopped`: by a person; `broken`: it ended without a result"),
  serving: z.string().nullable().describe("Host that serves the customer now; null: not known"),
  seconds: z.number().describe("How long it took"),
  holdMilliseconds: z.number().nullable().describe("How long requests were held; null: they were not"),
  failedRequests: z.int().nullable().describe("Of those that were sent to the customer's URL meanwhile; null: none were sent"),
  step: z.enum(MOVE_STEPS).nullable().describe("Failed only: in which step"),
});

export type MoveEnd = z.infer<typeof moveEnd>;

export function moveEndContent({ ok, stopped, customer, from, to, serving, seconds: took, holdMilliseconds, probe, failure }: MoveSummary): MoveEnd {
  return { customer, from, to, outcome: ok ? "done" : stopped ? "stopped" : "failed", serving, seconds: took, holdMilliseconds, failedRequests: probe?.failed ?? null, step: failure?.step ?? null };
}

const ENDS = { done: "is done", failed: "failed", stopped: "was stopped", broken: "broke off without a result" };

/** What follows the verb and the customer's name. */
export const endHeadline = ({ outcome, step, seconds: took }: MoveEnd): string => `${ENDS[outcome]}${step ? ` in ${step}` : ""} after ${seconds(took)}`;

export const endWordsOf = ({ serving, holdMilliseconds, failedRequests, customer }: MoveEnd): string[] => [
  serving === null ? `where ${customer} is served is not known: deploy move status ${customer}` : `${serving} serves ${customer}`,
  ...(holdMilliseconds === null ? [] : [`held for ${Math.round(holdMilliseconds * 10) / 10} ms`]),
  ...(failedRequests === null ? [] : [`${failedRequests} failed requests seen from outside`]),
];
