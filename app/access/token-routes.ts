import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Token } from "../database/tables.ts";
import { Refusal } from "../errors.ts";
import { rowsOf, type Services } from "../http/services.ts";
import { found, notFound, parse, text } from "../resources/input.ts";
import { makeToken } from "./tenant-login.ts";

const token = z.strictObject({ name: text(100), role: z.enum(["admin", "member"]).default("member") });
const uuid = z.uuid();

/** /api/tokens: what programs sign in with. The secret is in the answer to POST and nowhere else. For admins. */
export function tokenRoutes(app: FastifyInstance, services: Services): void {
  app.addHook("onRequest", async (request) => {
    if (request.caller?.role !== "admin") throw new Refusal(403, "admins_only", "Only an admin of this organisation may see its API tokens.");
  });
  app.get("/tokens", async (request) => ({ items: (await rowsOf(services, request).list("tokens", { where: { kind: "api" } })).map(view), next: null }));

  app.post("/tokens", async (request, reply) => {
    const { name, role } = parse(token, request.body);
    const rows = rowsOf(services, request);
    const [same] = await rows.list("tokens", { where: { name } });
    if (same) throw new Refusal(409, "exists", "There is one already with this name.");
    const made = await makeToken(rows, name, role);
    return reply.code(201).header("location", `/api/tokens/${made.token.id}`).send({ ...view(made.token), secret: made.secret });
  });

  app.delete("/tokens/:id", async (request, reply) => {
    const id = uuid.safeParse((request.params as { id?: unknown }).id);
    if (!id.success) throw notFound();
    found(await rowsOf(services, request).remove("tokens", id.data));
    return reply.code(204).send();
  });
}

const view = ({ id, name, role, createdAt }: Token) => ({ id, name, role, createdAt });
