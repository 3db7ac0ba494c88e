/** The routes that every kind of row has in common: a page of them, one of them. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Tables } from "../database/tables.ts";
import { rowsOf, type Services } from "../http/services.ts";
import { found, id, idOf, parse } from "./input.ts";

/** Tables whose rows are numbered. */
type Numbered = Exclude<keyof Tables, "jobs" | "tokens">;

export const paging = { limit: z.coerce.number().int().min(1).max(200).default(50), after: id.optional() };

/** `next`: the value of `after` that gives the next page; null on the last. */
export interface Page<T> { items: T[]; next: number | null }

/** A page out of one row more than it holds. */
export function pageOf<T extends { id: number }>(rows: T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

/** GET /<path>?limit&after, and one exact filter for each of `filters`. */
export function listRoute<T extends Numbered>(app: FastifyInstance, services: Services, path: string, table: T, filters: z.ZodRawShape = {}, view: (row: Tables[T]) => { id: number } = (row) => row): void {
  const query = z.strictObject({ ...paging, ...filters });
  app.get(path, async (request) => {
    const { limit, after, ...where } = parse(query, request.query) as { limit: number; after?: number };
    const rows = await rowsOf(services, request).list(table, { after, limit: limit + 1, where });
    return pageOf(rows.map(view), limit);
  });
}

/** GET /<path>/:id */
export function findRoute<T extends Numbered>(app: FastifyInstance, services: Services, path: string, table: T, view: (row: Tables[T]) => unknown = (row) => row): void {
  app.get(`${path}/:id`, async (request) => view(found(await rowsOf(services, request).find(table, idOf(request.params)))));
}

/** PATCH /<path>/:id with some of the fields of `schema`. */
export function changeRoute<T extends Numbered>(app: FastifyInstance, services: Services, path: string, table: T, schema: z.ZodType<Partial<Tables[T]>>, also: () => Partial<Tables[T]> = () => ({})): void {
  app.patch(`${path}/:id`, async (request) => {
    const values = parse(schema, request.body);
    return found(await rowsOf(services, request).update(table, idOf(request.params), { ...values, ...also() }));
  });
}

/** DELETE /<path>/:id */
export function removeRoute(app: FastifyInstance, services: Services, path: string, table: Numbered): void {
  app.delete(`${path}/:id`, async (request, reply) => {
    found(await rowsOf(services, request).remove(table, idOf(request.params)));
    return reply.code(204).send();
  });
}
