/** What customers used in a calendar month, as the app itself says it (docs/app-contract.md, `usage`). Pure. */
import { z } from "zod";
import { UserError } from "../errors.ts";

const amount = z.number().nonnegative();
const limit = amount.nullish().transform((value) => value ?? null);
/** An app that doesn't count a thing leaves it out. */
const counted = amount.nullish().transform((value) => value ?? null);

const answer = z.object({
  month: z.string().regex(/^\d{4}-\d{2}$/),
  tenants: z.array(z.object({
    slug: z.string(),
    users: counted, storageBytes: counted, requests: counted, apiCalls: counted, mostApiCalls: counted, bytesIn: counted, bytesOut: counted,
    /** Orders of the month; only an app that has such a thing says it. */
    orders: counted,
    limits: z.object({ users: limit, storageMegabytes: limit, apiCallsPerHour: limit, requestsPerMinute: limit, monthlyMegabytes: limit }).prefault({}),
  })),
});

/** Null: the app does not know it. Users and bytes of files: as last seen in the month; `mostApiCalls`: the most within one hour. */
export type TenantUsage = z.infer<typeof answer>["tenants"][number];

/** What a release's `usage` printed of these months, by month and slug. @throws UserError when it is something else than the contract says. */
export function parseUsage(stdout: string, months: readonly string[], release: string): Map<string, Map<string, TenantUsage>> {
  const said = z.array(answer).safeParse(stdout.split("\n").filter((line) => line.startsWith("{")).map(value));
  const missing = months.find((month) => !said.data?.some((one) => one.month === month));
  if (!said.success || missing !== undefined) throw new UserError(`\`usage\` of ${release} answers something else than docs/app-contract.md says: ${said.success ? `nothing about ${missing}` : z.prettifyError(said.error)}`);
  return new Map(months.map((wanted) => [wanted, new Map(said.data.find(({ month }) => month === wanted)!.tenants.map((tenant) => [tenant.slug, tenant]))]));
}

function value(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** `2026-11` of a time, in UTC as the app counts. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** The month before: `2025-12` before `2026-01`. */
export function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return monthOf(new Date(Date.UTC(year, number - 2, 1)));
}

/** How much of a month has passed, in days; at least one, so that the first morning isn't blown up to a month. */
export function daysOf(month: string, now: Date): number {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const [begin, end] = [Date.UTC(year, number - 1, 1), Date.UTC(year, number, 1)];
  return Math.max(1, (Math.min(end, now.getTime()) - begin) / 86_400_000);
}
