/** What a restore tells, as data; part of event.ts. */
import { z } from "zod";
import { RESTORE_STEPS } from "../restore/steps.ts";

const subject = z.string().describe("The customer's slug, or the host's name");
const host = z.string().describe("On which host");
const step = z.enum(RESTORE_STEPS).describe("Which step");
const seconds = z.number().nonnegative();
const rows = z.int().nonnegative();

const difference = (what: string) => z.object({ rows: rows.describe("How many"), keys: z.array(z.string()).describe("Some of their keys") }).describe(what);
const comparison = z.object({
  tables: z.array(z.object({
    table: z.string().describe("Name"), now: rows.describe("Rows that the customer has"), then: rows.describe("Rows that it had"),
    comes: difference("Rows that would come back"), goes: difference("Rows that would go"), changes: difference("Rows that would be as they were"),
  })).describe("One entry a table of the archive"),
  stays: z.array(z.string()).describe("The customer's tables that no archive has: they stay as they are"),
  files: z.object({ now: rows.describe("That the customer has"), then: rows.describe("That it had") }).describe("Uploaded files"),
});

const restoreSummary = z.object({
  operation: z.string().describe("As in the journal"),
  verb: z.enum(["restore customer", "restore in place", "restore drop", "restore host", "customer export", "customer import"]).describe("What was done"),
  subject,
  host: z.string().describe("On which host"),
  at: z.string().nullable().describe("Time that was gone back to, ISO; null: the last one there is, or none"),
  ok: z.boolean().describe("It did what it was to do"),
  stopped: z.boolean().describe("A person stopped it"),
  comparison: comparison.nullable().describe("What the customer has and had; null: was not compared"),
  failure: z.object({
    step,
    reason: z.string().describe("Why"),
    undone: z.string().describe("What was done about it, and what the customer has"),
    hint: z.string().optional().describe("What to do"),
  }).nullable().describe("Null: none"),
  notes: z.array(z.string()).describe("What is worth knowing about the outcome"),
  seconds: seconds.describe("How long it took"),
  next: z.string().nullable().describe("What to type now"),
});

export type RestoreSummary = z.infer<typeof restoreSummary>;
export type Comparison = z.infer<typeof comparison>;

export const restoreEvents = {
  "restore-started": z.object({
    operation: z.string().describe("Its name in the journal"), verb: z.string().describe("What is done"), subject, host: z.string().describe("On which host"),
    at: z.string().nullable().describe("Time that is gone back to; null: the last one there is"),
  }).describe("A restore begins"),
  "restore-step-started": z.object({ subject, host, step }).describe("A step of a restore begins"),
  "restore-progress": z.object({ subject, step, text: z.string().describe("For people") }).describe("How far a step of a restore is"),
  "restore-step-ended": z.object({
    subject, host, step, outcome: z.enum(["ok", "failed"]).describe("Whether it went well"), seconds: seconds.describe("How long it took"), detail: z.string().nullable().describe("What it came to, or why it failed"),
  }).describe("A step of a restore ended"),
  "restore-ended": z.object({ summary: restoreSummary.describe("How it went") }).describe("A restore is over"),
} as const;
