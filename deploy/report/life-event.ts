/** What is told of a customer's credentials and erasure, as data. Part of event.ts. */
import { z } from "zod";
import { LIFE_STEPS, LIFE_VERBS } from "../life/steps.ts";

const customer = z.string().describe("The customer's slug");
const host = z.string().describe("The host that serves it");
const step = z.enum(LIFE_STEPS).describe("Which step");
const verb = z.enum(LIFE_VERBS).describe("As typed");
const seconds = z.number().nonnegative();

const lifeSummary = z.object({
  operation: z.string().describe("As in the journal"), verb, customer, host,
  ok: z.boolean().describe("It did what it was to do"),
  stopped: z.boolean().describe("A person stopped it"),
  failure: z.object({ step, reason: z.string().describe("Why"), hint: z.string().optional().describe("What to do") }).nullable().describe("Null: none"),
  came: z.string().nullable().describe("What it came to, for people; null: nothing to say"),
  certificate: z.string().nullable().describe("Path of the certificate of erasure; null: none"),
  seconds: seconds.describe("How long it took"),
  next: z.string().nullable().describe("What to type now"),
});

export type LifeSummary = z.infer<typeof lifeSummary>;

export const lifeEvents = {
  "customer-started": z.object({ operation: z.string().describe("Its name in the journal"), verb, customer, host }).describe("Something about a customer begins that is no move"),
  "customer-step-started": z.object({ customer, host, step }).describe("A step of it begins"),
  "customer-progress": z.object({ customer, step, text: z.string().describe("For people: `12 of 80 MB`") }).describe("How far a step of it is"),
  "customer-step-ended": z.object({
    customer, host, step, outcome: z.enum(["ok", "failed"]).describe("Whether it went well"), seconds: seconds.describe("How long it took"), detail: z.string().nullable().describe("What it came to, or why it failed; never a secret"),
  }).describe("A step of it ended"),
  "customer-ended": z.object({ summary: lifeSummary.describe("How it went") }).describe("It is over"),
} as const;
