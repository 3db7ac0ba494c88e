import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { rowsOf, type Services } from "../http/services.ts";
import { tenantOf } from "../http/tenant.ts";
import { checkUsers } from "../limits/rules.ts";
import { changeRoute, findRoute, listRoute, removeRoute } from "./common.ts";
import { change, parse, text } from "./input.ts";

const email = z.string().toLowerCase().pipe(z.email().max(254));
const role = z.enum(["admin", "member"]);
const user = z.strictObject({ email, name: text(200), role: role.default("member") });

/** /api/users: people with a login; how many is limited by the tier. */
export function userRoutes(app: FastifyInstance, services: Services): void {
  listRoute(app, services, "/users", "users", { email: email.optional(), role: role.optional() });
  findRoute(app, services, "/users", "users");
  changeRoute(app, services, "/users", "users", change({ email, name: text(200), role }));
  removeRoute(app, services, "/users", "users");

  app.post("/users", async (request, reply) => {
    const values = parse(user, request.body);
    const [created] = await rowsOf(services, request).transaction(async (rows) => {
      await rows.lock();
      checkUsers(tenantOf(request), await rows.count("users"));
      return await rows.insert("users", [values]);
    });
    return reply.code(201).header("location", `/api/users/${created!.id}`).send(created);
  });
}
