import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { hashPassword, isPassword } from "../access/password.ts";
import { endSessions } from "../access/tenant-login.ts";
import type { User } from "../database/tables.ts";
import { Refusal } from "../errors.ts";
import { rowsOf, type Services } from "../http/services.ts";
import { onlyAdminsChange, tenantOf } from "../http/tenant.ts";
import { warn } from "../limits/warning.ts";
import { checkUsers } from "../limits/rules.ts";
import { findRoute, listRoute, removeRoute } from "./common.ts";
import { change, found, idOf, parse, text } from "./input.ts";

const email = z.string().toLowerCase().pipe(z.email().max(254));
const role = z.enum(["admin", "member"]);
const newPassword = z.string().min(10).max(200);
const user = z.strictObject({ email, name: text(200), role: role.default("member"), password: newPassword.optional() });

/** /api/users: people of the organisation; how many is limited by the tier. Admins change them. */
export function userRoutes(app: FastifyInstance, services: Services): void {
  onlyAdminsChange(app);
  listRoute(app, services, "/users", "users", { email: email.optional(), role: role.optional() }, view);
  findRoute(app, services, "/users", "users", view);
  removeRoute(app, services, "/users", "users");

  app.post("/users", async (request, reply) => {
    const { password, ...values } = parse(user, request.body);
    const passwordHash = password === undefined ? null : await hashPassword(password);
    const [created] = await rowsOf(services, request).transaction(async (rows) => {
      await rows.lock();
      const existing = await rows.count("users");
      checkUsers(tenantOf(request), existing);
      warn(reply, "users", existing + 1, tenantOf(request).limitUsers);
      return await rows.insert("users", [{ ...values, passwordHash }]);
    });
    return reply.code(201).header("location", `/api/users/${created!.id}`).send(view(created!));
  });

  app.patch("/users/:id", async (request) => {
    const { password, ...values } = parse(change({ email, name: text(200), role, password: newPassword }), request.body);
    const id = idOf(request.params);
    const passwordHash = password === undefined ? {} : { passwordHash: await hashPassword(password) };
    const changed = await rowsOf(services, request).transaction(async (rows) => {
      // A session has the rights it began with: whoever gets others signs in again.
      if (password !== undefined || values.role !== undefined) await endSessions(rows, { id });
      return found(await rows.update("users", id, { ...values, ...passwordHash }));
    });
    return view(changed);
  });
}

const own = z.strictObject({ current: z.string().max(200), password: newPassword });

/** POST /api/password {current, password}: people change their own. All their sessions end. */
export function passwordRoutes(app: FastifyInstance, services: Services): void {
  app.post("/password", async (request, reply) => {
    const { current, password } = parse(own, request.body);
    const id = request.caller?.userId;
    if (id == null) throw new Refusal(403, "people_only", "An API token has no password.");
    const rows = rowsOf(services, request);
    const wait = await services.attempts.take(`${tenantOf(request).slug}/${id}`);
    if (wait > 0) throw new Refusal(429, "too_many_attempts", "Too many attempts. Try again later.", { headers: { "retry-after": String(wait) } });
    if (!await isPassword(current, found(await rows.find("users", id)).passwordHash)) throw new Refusal(403, "wrong_password", "The current password does not fit.");
    const passwordHash = await hashPassword(password);
    await rows.transaction(async (inside) => {
      await inside.update("users", id, { passwordHash });
      await endSessions(inside, { id });
    });
    return reply.code(204).send();
  });
}

/** What callers see: whether somebody can sign in, not with what. */
const view = ({ passwordHash, ...user }: User) => ({ ...user, canSignIn: passwordHash !== null });
