import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { rowsOf, type Services } from "../http/services.ts";
import { changeRoute, findRoute, listRoute, removeRoute } from "./common.ts";
import { change, id, parse, reference, text } from "./input.ts";

const status = z.enum(["open", "pending", "closed"]);
const ticket = z.strictObject({ subject: text(300), body: text(20_000, 0).default(""), userId: reference.default(null) });

/** /api/tickets: questions that users ask. */
export function ticketRoutes(app: FastifyInstance, services: Services): void {
  listRoute(app, services, "/tickets", "tickets", { status: status.optional(), userId: id.optional() });
  findRoute(app, services, "/tickets", "tickets");
  changeRoute(app, services, "/tickets", "tickets", change({ subject: text(300), body: text(20_000, 0), userId: reference, status }), () => ({ updatedAt: new Date() }));
  removeRoute(app, services, "/tickets", "tickets");

  app.post("/tickets", async (request, reply) => {
    const [created] = await rowsOf(services, request).insert("tickets", [parse(ticket, request.body)]);
    return reply.code(201).header("location", `/api/tickets/${created!.id}`).send(created);
  });
}
