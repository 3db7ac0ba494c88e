import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Scope } from "../database/scope.ts";
import type { Order, OrderItem } from "../database/tables.ts";
import { rowsOf, type Services } from "../http/services.ts";
import { changeRoute, listRoute, removeRoute } from "./common.ts";
import { change, found, id, idOf, parse, reference, text } from "./input.ts";

const status = z.enum(["open", "paid", "shipped", "cancelled"]);
const item = z.strictObject({
  product: text(200),
  quantity: z.int().min(1).max(1_000_000),
  /** In the currency's smallest unit. A million of the dearest still fits a JSON number. */
  unitPrice: z.int().min(0).max(1_000_000_000),
});
const order = z.strictObject({
  reference: text(100),
  currency: z.string().regex(/^[A-Z]{3}$/, "expected an ISO 4217 code").default("EUR"),
  userId: reference.default(null),
  items: z.array(item).min(1).max(500),
});

/** /api/orders: an order with its items is created as a whole; afterwards only its status and owner change. */
export function orderRoutes(app: FastifyInstance, services: Services): void {
  listRoute(app, services, "/orders", "orders", { status: status.optional(), userId: id.optional() });
  changeRoute(app, services, "/orders", "orders", change({ status, userId: reference }));
  removeRoute(app, services, "/orders", "orders");

  app.get("/orders/:id", async (request) => {
    const rows = rowsOf(services, request);
    const id = idOf(request.params);
    return withItems(found(await rows.find("orders", id)), await itemsOf(rows, [id]));
  });

  app.post("/orders", async (request, reply) => {
    const { items, ...values } = parse(order, request.body);
    const created = await rowsOf(services, request).transaction(async (rows) => {
      const [row] = await rows.insert("orders", [values]);
      return withItems(row!, await rows.insert("orderItems", items.map((each) => ({ ...each, orderId: row!.id }))));
    });
    return reply.code(201).header("location", `/api/orders/${created.id}`).send(created);
  });
}

/** The items of some orders, in the order they were given. */
export const itemsOf = (rows: Pick<Scope, "list">, orders: number[]): Promise<OrderItem[]> => rows.list("orderItems", { where: { orderId: orders as never } });

function withItems(order: Order, items: OrderItem[]) {
  const total = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  return { ...order, total, items: items.map(({ orderId: _, ...rest }) => rest) };
}
