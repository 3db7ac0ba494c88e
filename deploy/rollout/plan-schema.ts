/** The shape of a plan, for files. The compiler holds it to the type. */
import { z } from "zod";
import type { Plan } from "./plan.ts";

const reason = { host: z.string(), reason: z.string() };
const seconds = z.number().nonnegative();

const plannedHost = z.strictObject({
  ...reason,
  action: z.enum(["install", "update", "repair", "refresh", "none"]),
  place: z.string(),
  from: z.string().nullable(),
  backupAge: z.number().nullable(),
  pullBytes: z.number().nonnegative().nullable(),
  expectedSeconds: seconds.nullable(),
  canary: z.array(z.string()),
});

export const planSchema: z.ZodType<Plan> = z.strictObject({
  format: z.literal(2),
  release: z.strictObject({ version: z.string(), digest: z.string(), repository: z.string() }),
  onFailure: z.enum(["halt", "continue", "revert"]),
  mostFailures: z.int().nonnegative(),
  rings: z.array(z.strictObject({ name: z.string(), concurrency: z.int().min(1), bakeSeconds: seconds, hosts: z.array(plannedHost).min(1) })),
  unchanged: z.array(z.string()),
  waiting: z.array(z.strictObject({ ...reason, until: z.iso.datetime().nullable(), timeZone: z.string() })),
  skipped: z.array(z.strictObject(reason)),
  refused: z.array(z.strictObject({ ...reason, hint: z.string().optional(), usage: z.boolean().optional() })),
  forbidden: z.strictObject({ reason: z.string(), hint: z.string() }).nullable(),
  migrations: z.array(z.strictObject({ name: z.string(), reversible: z.boolean() })).nullable(),
  withoutProof: z.string().optional(),
  prediction: z.strictObject({ seconds: seconds.nullable(), calls: z.array(z.strictObject({ service: z.string(), calls: z.int().nonnegative(), limit: z.string() })) }),
});
