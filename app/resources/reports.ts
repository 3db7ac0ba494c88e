import type { FastifyInstance } from "fastify";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { rowsOf, type Services } from "../http/services.ts";
import { parse } from "./input.ts";

export const seconds = z.coerce.number().min(0).max(60);
const query = z.strictObject({ seconds: seconds.default(0) });

/** GET /api/reports/slow?seconds=20: a report that takes as long as asked (60 s at most), to try what becomes of long requests. */
export function reportRoutes(app: FastifyInstance, services: Services): void {
  app.get("/reports/slow", async (request) => {
    const { seconds } = parse(query, request.query);
    // Waits here and not in the database: a slow report must not use up its connections.
    await sleep(seconds * 1000);
    const [users, orders, tickets] = await rowsOf(services, request).transaction((rows) => Promise.all([rows.count("users"), rows.count("orders"), rows.count("tickets")]));
    return { seconds, users, orders, tickets };
  });
}
