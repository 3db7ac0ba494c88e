import type { FastifyInstance } from "fastify";
import { rowsOf, type Services } from "../http/services.ts";
import { tenantOf } from "../http/tenant.ts";

/** GET /api/usage: what the tenant uses, beside what its tier allows (null: no limit; used calls null: not known now). */
export function usageRoutes(app: FastifyInstance, services: Services): void {
  app.get("/usage", async (request) => {
    const { slug, limitUsers, limitStorageMegabytes, limitApiCallsPerHour } = tenantOf(request);
    const rows = rowsOf(services, request);
    const [users, storageBytes, calls] = await Promise.all([rows.count("users"), rows.sum("uploads", "sizeBytes"), services.calls.used(slug)]);
    return {
      users: { used: users, limit: limitUsers },
      storageBytes: { used: storageBytes, limit: limitStorageMegabytes === null ? null : limitStorageMegabytes * 1_000_000 },
      apiCallsThisHour: { used: calls ?? null, limit: limitApiCallsPerHour },
    };
  });
}
