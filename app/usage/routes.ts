import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { rowsOf, type Services } from "../http/services.ts";
import { tenantOf } from "../http/tenant.ts";
import { hour } from "../limits/windows.ts";
import { parse } from "../resources/input.ts";
import { usageOf } from "./store.ts";

const day = 24 * 3600_000;
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const query = z.strictObject({ from: time.optional(), until: time.optional() })
  .transform(({ until = new Date(), from = new Date(until.getTime() - day) }) => ({ from, until }))
  .refine(({ from, until }) => from < until && until.getTime() - from.getTime() <= 62 * day, "expected `from` before `until`, 62 days apart at most");

/** GET /api/usage: what the tenant uses now, beside what its tier allows. GET /api/usage/hours?from&until: what it used, as it is billed. */
export function usageRoutes(app: FastifyInstance, services: Services): void {
  const { counter, meter, doors: { platform } } = services;

  app.get("/usage", async (request) => {
    const { id, slug, limitUsers, limitStorageMegabytes, limitApiCallsPerHour, limitRequestsPerMinute, limitMonthlyMegabytes } = tenantOf(request);
    const megabytes = (limit: number | null) => limit === null ? null : limit * 1_000_000;
    const [[users, storageBytes], calls] = await Promise.all([
      rowsOf(services, request).transaction((rows) => Promise.all([rows.count("users"), rows.sum("uploads", "sizeBytes")])),
      counter.used(slug, hour, new Date()),
    ]);
    return {
      users: { used: users, limit: limitUsers },
      storageBytes: { used: storageBytes, limit: megabytes(limitStorageMegabytes) },
      // Null: not known now.
      apiCallsThisHour: { used: calls ?? null, limit: limitApiCallsPerHour },
      requestsPerMinute: { limit: limitRequestsPerMinute },
      bytesThisMonth: { used: meter.volumeOf(id) ?? null, limit: megabytes(limitMonthlyMegabytes) },
    };
  });

  app.get("/usage/hours", async (request) => {
    const { from, until } = parse(query, request.query);
    return { items: await usageOf(platform, tenantOf(request).id, from, until) };
  });
}
