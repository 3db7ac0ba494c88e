import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Services } from "../http/services.ts";
import { parse } from "../resources/input.ts";
import { usageOfAll } from "../usage/store.ts";

const query = z.strictObject({ month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, "expected a month like 2026-11").optional() });

/** /platform/…, at the platform's own address, for its operators: who is hosted here and what they use. Nobody's data. */
export function platformRoutes(app: FastifyInstance, { doors: { platform } }: Services): void {
  app.get("/platform/tenants", { config: { platform: true } }, async (request) => {
    const { month = new Date().toISOString().slice(0, 7) } = parse(query, request.query);
    return { month, items: await usageOfAll(platform, ...monthOf(month)) };
  });
}

/** First moment of a month (UTC), and of the next. */
export function monthOf(month: string): [from: Date, until: Date] {
  const from = new Date(`${month}-01T00:00:00Z`);
  return [from, new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1))];
}
