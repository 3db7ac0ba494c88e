import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { rowsOf, type Services } from "../http/services.ts";
import { found, notFound, parse } from "../resources/input.ts";
import { kinds } from "./kinds.ts";

const uuid = z.uuid();
const query = z.strictObject({ after: uuid.optional(), limit: z.coerce.number().int().min(1).max(200).default(50) });
const job = z.strictObject({ kind: z.enum(Object.keys(kinds)), input: z.unknown().default({}) });

/** /api/jobs: work for the worker. POST {"kind": …, "input": …} answers 202; GET the job until it is done or failed. */
export function jobRoutes(app: FastifyInstance, services: Services): void {
  app.get("/jobs", async (request) => {
    const { after, limit } = parse(query, request.query);
    const rows = await rowsOf(services, request).list("jobs", { after, limit: limit + 1 });
    return { items: rows.slice(0, limit), next: rows.length > limit ? rows[limit - 1]!.id : null };
  });

  app.get("/jobs/:id", async (request) => {
    const id = uuid.safeParse((request.params as { id?: unknown }).id);
    if (!id.success) throw notFound();
    return found(await rowsOf(services, request).find("jobs", id.data));
  });

  app.post("/jobs", async (request, reply) => {
    const { kind, input } = parse(job, request.body);
    const checked = parse(kinds[kind]!.input, input) as Record<string, unknown>;
    const [created] = await rowsOf(services, request).insert("jobs", [{ kind, input: checked }]);
    return reply.code(202).header("location", `/api/jobs/${created!.id}`).send(created);
  });
}
