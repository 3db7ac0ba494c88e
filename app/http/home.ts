import type { FastifyInstance } from "fastify";
import { html, page } from "./pages.ts";
import { rowsOf, type Services } from "./services.ts";

export function homeRoutes(app: FastifyInstance, services: Services): void {
  const { DOMAIN, RELEASE } = services.settings;
  const footer = html`<p><small>Release ${RELEASE}</small></p>`;

  app.get("/", async (request, reply) => {
    reply.type("text/html; charset=utf-8");
    if (!request.tenant) return page(DOMAIN, html`<p>Your organisation has an address of its own: name.${DOMAIN}</p>${footer}`);
    const rows = rowsOf(services, request);
    const [users, orders, tickets, uploads] = await Promise.all([rows.count("users"), rows.count("orders"), rows.count("tickets"), rows.count("uploads")]);
    return page(request.tenant.name, html`<dl><dt>Users</dt><dd>${users}</dd><dt>Orders</dt><dd>${orders}</dd><dt>Tickets</dt><dd>${tickets}</dd><dt>Files</dt><dd>${uploads}</dd></dl>${footer}`);
  });
}
