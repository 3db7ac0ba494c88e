/** What the worker can do. Each may be begun again after having been cut off at any point. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { TenantDatabase } from "../database/scope.ts";
import { seconds } from "../resources/reports.ts";

export interface Work { rows: TenantDatabase; /** Aborted when the job must be given up. */ signal: AbortSignal }

interface Kind<I> { input: z.ZodType<I>; run(input: I, work: Work): Promise<object> }
const kind = <I>(input: z.ZodType<I>, run: Kind<I>["run"]): Kind<unknown> => ({ input, run: (given, work) => run(input.parse(given), work) });

export const kinds: Record<string, Kind<unknown>> = {
  /** Counts what a tenant has: rows by table, bytes of its files. */
  usage: kind(z.strictObject({}), async (_input, { rows }) => ({
    users: await rows.count("users"),
    orders: await rows.count("orders"),
    tickets: await rows.count("tickets"),
    uploads: await rows.count("uploads"),
    storageBytes: await rows.sum("uploads", "sizeBytes"),
  })),

  /** A report that takes as long as asked, to try what becomes of long jobs. */
  report: kind(z.strictObject({ seconds: seconds.default(0) }), async ({ seconds }, { rows, signal }) => {
    await sleep(seconds * 1000, undefined, { signal });
    return { seconds, orders: await rows.count("orders") };
  }),
};
