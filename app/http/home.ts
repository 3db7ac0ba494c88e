import type { FastifyInstance } from "fastify";
import { html, page } from "./pages.ts";
import { rowsOf, type Services } from "./services.ts";

/** GET /: the sign-in, or what there is for those who have signed in. */
export function homeRoutes(app: FastifyInstance, services: Services): void {
  const { DOMAIN, RELEASE } = services.settings;
  const footer = html`<p><small>Release ${RELEASE}</small></p>`;
  const signIn = html`<form method="post" action="/login"><p><label>Email<br><input name="email" type="email" autocomplete="username" required></label></p><p><label>Password<br><input name="password" type="password" autocomplete="current-password" required></label></p><p><button>Sign in</button></p></form>`;
  const signOut = html`<form method="post" action="/logout"><button>Sign out</button></form>`;

  app.get("/", { config: { public: true } }, async (request, reply) => {
    const { tenant, caller, operator } = request;
    reply.type("text/html; charset=utf-8").header("cache-control", "no-store");
    if (!tenant) return page(DOMAIN, html`<p>Your organisation has an address of its own: name.${DOMAIN}</p>${operator ? html`<p>${operator.name}</p>${signOut}` : signIn}${footer}`);
    if (!caller) return page(tenant.name, html`${signIn}${footer}`);
    const [users, orders, tickets, uploads] = await rowsOf(services, request).transaction((rows) =>
      Promise.all([rows.count("users"), rows.count("orders"), rows.count("tickets"), rows.count("uploads")]));
    return page(tenant.name, html`<dl><dt>Users</dt><dd>${users}</dd><dt>Orders</dt><dd>${orders}</dd><dt>Tickets</dt><dd>${tickets}</dd><dt>Files</dt><dd>${uploads}</dd></dl>${signOut}${footer}`);
  });
}
