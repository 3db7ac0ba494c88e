/** What a move tells, as data. Part of event.ts. */
import { z } from "zod";
import { MOVE_STEPS } from "../move/steps.ts";

const customer = z.string().describe("The customer's slug");
const host = z.string().describe("On which host");
const step = z.enum(MOVE_STEPS).describe("Which step");
const seconds = z.number().nonnegative();
const milliseconds = z.number().nonnegative();

const probe = z.object({
  requests: z.int().nonnegative().describe("How many were sent to the customer's own URL"),
  failed: z.int().nonnegative().describe("Without an answer, or with one that is wrong"),
  longestMilliseconds: milliseconds.describe("The longest answer"),
  gapMilliseconds: milliseconds.describe("The longest time between two good answers"),
  usualMilliseconds: milliseconds.describe("99th percentile before customers' requests were held"),
  failures: z.array(z.string()).describe("The ten most frequent, with how often"),
});

const moveSummary = z.object({
  operation: z.string().describe("As in the journal"),
  verb: z.enum(["move", "move back", "move abort", "move finish"]).describe("As typed"),
  customer,
  from: z.string().describe("Host that served when it began"),
  to: z.string().describe("Host that was to serve"),
  ok: z.boolean().describe("It did what it was to do"),
  stopped: z.boolean().describe("A person stopped it"),
  serving: z.string().nullable().describe("Host that serves the customer now; null: not known"),
  tables: z.int().nonnegative().describe("How many tables were moved"),
  rows: z.int().nonnegative().describe("How many rows, all of them compared"),
  bytes: z.number().nonnegative().describe("Of tables and files"),
  holdMilliseconds: milliseconds.nullable().describe("How long requests were held; null: they were not"),
  parts: z.record(z.string(), milliseconds).describe("What the hold consisted of, in milliseconds by step"),
  probe: probe.nullable().describe("As seen from outside; null: nobody was asked"),
  failure: z.object({
    step,
    reason: z.string().describe("Why"),
    undone: z.string().describe("What was done about it, and where the customer is served"),
    hint: z.string().optional().describe("What to do"),
  }).nullable().describe("Null: none"),
  seconds: seconds.describe("How long it took"),
  next: z.string().nullable().describe("What to type now, and when"),
});

export type MoveSummary = z.infer<typeof moveSummary>;
export type ProbeResult = z.infer<typeof probe>;

export const moveEvents = {
  "move-started": z.object({
    operation: z.string().describe("Its name in the journal"), verb: z.string().describe("As typed"), customer,
    release: z.string().describe("That both hosts run"),
    from: z.string().describe("Host that serves now"), to: z.string().describe("Host that is to serve"),
    expectedSeconds: seconds.nullable().describe("From past moves; null: unknown"),
  }).describe("A move is accepted and work begins"),
  "move-step-started": z.object({ customer, host, step }).describe("A step of a move begins"),
  "move-progress": z.object({ customer, step, text: z.string().describe("For people: `3 of 8 tables`") }).describe("How far a step of a move is"),
  "move-step-ended": z.object({
    customer, host, step, outcome: z.enum(["ok", "failed"]).describe("Whether it went well"), seconds: seconds.describe("How long it took"), detail: z.string().nullable().describe("What it came to, or why it failed"),
  }).describe("A step of a move ended"),
  "move-ended": z.object({ summary: moveSummary.describe("How it went") }).describe("A move, or what was done about one, is over"),
} as const;
