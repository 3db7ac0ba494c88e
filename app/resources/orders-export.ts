import type { FastifyInstance } from "fastify";
import { stringify } from "csv-stringify";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { TenantDatabase } from "../database/scope.ts";
import { rowsOf, type Services } from "../http/services.ts";
import { tenantOf } from "../http/tenant.ts";
import { itemsOf } from "./orders.ts";
import { parse } from "./input.ts";

/** Orders read at a time: a slow reader holds no database connection between pages. */
const batch = 200;
const query = z.strictObject({
  /** Lines a second at most, so that a large export leaves room for other work. As fast as it goes when absent. */
  rate: z.coerce.number().min(0.1).max(100_000).default(Infinity),
});

/** GET /api/orders/export: every order item as a line of CSV, streamed. */
export function exportRoutes(app: FastifyInstance, services: Services): void {
  // A HEAD route would read everything to throw it away.
  app.get("/orders/export", { exposeHeadRoute: false }, async (request, reply) => {
    const { rate } = parse(query, request.query);
    const csv = stringify({
      header: true,
      columns: ["order", "reference", "status", "currency", "created", "product", "quantity", "unitPrice"],
      cast: { date: (value) => value.toISOString() },
      // A cell that begins like a formula would run in the reader's spreadsheet.
      escape_formulas: true,
    });
    const lines = Readable.from(paced(linesOf(rowsOf(services, request)), rate));
    // Whichever end breaks, the other must end too; the reader sees a cut connection, not a short file.
    lines.on("error", (error) => csv.destroy(error));
    csv.on("close", () => lines.destroy());
    reply.type("text/csv; charset=utf-8").header("content-disposition", `attachment; filename="orders-${tenantOf(request).slug}.csv"`);
    return reply.send(lines.pipe(csv));
  });
}

async function* linesOf(rows: TenantDatabase): AsyncGenerator<unknown[]> {
  for (let after = 0; ;) {
    const orders = await rows.list("orders", { after, limit: batch });
    const byOrder = Map.groupBy(await itemsOf(rows, orders.map((order) => order.id)), (item) => item.orderId);
    for (const { id, reference, status, currency, createdAt } of orders) {
      for (const { product, quantity, unitPrice } of byOrder.get(id) ?? []) yield [id, reference, status, currency, createdAt, product, quantity, unitPrice];
    }
    if (orders.length < batch) return;
    after = orders.at(-1)!.id;
  }
}

/** The same lines, on average no faster than `rate` a second. */
async function* paced<T>(lines: AsyncIterable<T>, rate: number): AsyncGenerator<T> {
  const started = performance.now();
  let sent = 0;
  for await (const line of lines) {
    const ahead = started + sent * 1000 / rate - performance.now();
    // Timers are coarse: sleep for several lines at once rather than a millisecond for each.
    if (ahead > 10) await sleep(ahead);
    yield line;
    sent += 1;
  }
}
