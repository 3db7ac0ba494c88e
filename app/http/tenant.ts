/** Finds out whom a request is for, before anything else happens to it. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal } from "../errors.ts";
import { findOrganisation, type Organisation } from "../tenants/find.ts";
import { addresseeOf } from "../tenants/host.ts";
import type { Services } from "./services.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Null for the platform's own address, and on open routes when there is no such tenant. */
    tenant: Organisation | null;
  }
  interface FastifyContextConfig {
    /** Answers whatever the host name and the tenant's status are: the proxy and the operator's gates ask here. */
    open?: boolean;
    /** Answers without asking the database. */
    alone?: boolean;
  }
}

/** The tenant of a route that only exists for tenants. Throws 404 at the platform's own address. */
export function tenantOf(request: FastifyRequest): Organisation {
  if (request.tenant) return request.tenant;
  throw new Refusal(404, "not_found", "There is no organisation at this address. Use the address of your organisation.");
}

export function resolveTenants(app: FastifyInstance, { settings, database }: Services): void {
  app.decorateRequest("tenant", null);
  app.addHook("onRequest", async (request, reply) => {
    const { open, alone } = request.routeOptions.config;
    if (alone) return;
    const addressee = addresseeOf(request.headers.host, settings.DOMAIN);
    if (addressee.kind === "platform" || (addressee.kind === "nobody" && open)) return;
    // A customer may also have a second name directly under the domain: one that is nobody's slug.
    const organisation = await findOrganisation(database, addressee)
      ?? (addressee.kind === "slug" ? await findOrganisation(database, { kind: "hostname", hostname: `${addressee.slug}.${settings.DOMAIN}` }) : undefined);
    if (organisation) {
      request.tenant = organisation;
      reply.header("x-tenant", organisation.slug);
    }
    if (open) return;
    if (!organisation) throw new Refusal(404, "unknown_host", "There is no organisation at this address. Check the address for a typing mistake.");
    if (organisation.status === "suspended") throw new Refusal(403, "suspended", `${organisation.name} is suspended. Its data is kept; ask its administrator or our support to have it reopened.`);
  });
}
