/** What callers get when something goes wrong: a status, a stable code and a sentence, as JSON or as a page. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { unavailable } from "../database/connect.ts";
import { Refusal, reasonOf } from "../errors.ts";
import { page, html } from "./pages.ts";

export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error, request, reply) => {
    const refusal = refusalOf(error, request);
    if (refusal.status >= 500) {
      request.log.error({ err: error, tenant: request.tenant?.slug, route: request.routeOptions.url }, reasonOf(error));
    }
    return answer(refusal, request, reply);
  });
  app.setNotFoundHandler(async (request, reply) => answer(new Refusal(404, "not_found", "There is nothing at this address."), request, reply));
}

function answer(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.code(refusal.status).removeHeader("content-disposition").headers(refusal.headers);
  const wantsPage = !request.url.startsWith("/api/") && /\btext\/html\b/.test(request.headers.accept ?? "");
  if (wantsPage) return reply.type("text/html; charset=utf-8").send(page(titleOf(refusal), html`<p>${refusal.message}</p>`));
  return reply.type("application/json; charset=utf-8").send(JSON.stringify({ error: { code: refusal.code, message: refusal.message, details: refusal.details } }));
}

const titles: Record<number, string> = { 401: "Please sign in", 403: "Not allowed", 404: "Not found", 429: "Too much", 500: "Our mistake", 503: "Not available" };
const titleOf = ({ code, status }: Refusal): string => code === "suspended" ? "Suspended" : titles[status] ?? "Not possible";

function refusalOf(error: unknown, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error;
  const { code = "", statusCode = 500, constraint_name: constraint } = error as { code?: string; statusCode?: number; constraint_name?: string };
  // Fastify's own: malformed JSON, unknown content type, body too large.
  if (statusCode >= 400 && statusCode < 500) return new Refusal(statusCode, code.replace(/^FST_ERR_/, "").toLowerCase() || "bad_request", reasonOf(error));
  if (request.raw.destroyed && !request.raw.complete) return new Refusal(400, "aborted", "The request ended before its body did.");
  if (code === "23505") return new Refusal(409, "exists", `There is one already with this ${fieldsOf(constraint)}.`);
  if (code === "23503") return new Refusal(409, "refers_to_nothing", `What ${fieldsOf(constraint)} refers to does not exist.`);
  if (code === "ENOSPC") return new Refusal(507, "disk_full", "There is no room left on this host. We have been told; try again later.");
  if (unavailable(error)) return new Refusal(503, "unavailable", "The database does not answer. Try again in a moment.", { headers: { "retry-after": "2" } });
  return new Refusal(500, "internal", "Something went wrong on our side. It has been recorded; try again later.");
}

/** From a constraint's name, for example orders_organisation_id_reference_key: values are not told where policies hide rows. */
const fieldsOf = (constraint = ""): string => /_organisation_id_(.*)_f?key$/.exec(constraint)?.[1]?.replaceAll("_", " ") ?? "value";
