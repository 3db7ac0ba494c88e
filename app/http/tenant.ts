/** Finds out whom a request is for and who asks, before anything else happens to it. */
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from "fastify";
import { credentialsOf, forged } from "../access/credentials.ts";
import { Refusal } from "../errors.ts";
import { findOperator, type Operator } from "../platform/operators.ts";
import { findTenant, type Caller, type Organisation } from "../tenants/find.ts";
import { addresseeOf } from "../tenants/host.ts";
import type { Services } from "./services.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Null for the platform's own address, and on open routes when there is no such tenant. */
    tenant: Organisation | null;
    /** Who of the tenant asks; null on public routes when nobody known does. */
    caller: Caller | null;
    /** Who of the platform asks, at the platform's own address. */
    operator: Operator | null;
  }
  interface FastifyContextConfig {
    /** Answers whatever the host name and the tenant's status are: the proxy and the operator's gates ask here. */
    open?: boolean;
    /** Answers without asking the database. */
    alone?: boolean;
    /** Answers people who have not signed in. All other routes do not. */
    public?: boolean;
    /** Answers the platform's operators at its own address, and nobody else. */
    platform?: boolean;
    /** Lasts until one of both sides ends it. */
    stream?: boolean;
  }
}

/** The tenant of a route that only exists for tenants. Throws 404 at the platform's own address. */
export function tenantOf(request: FastifyRequest): Organisation {
  if (request.tenant) return request.tenant;
  throw new Refusal(404, "not_found", "There is no organisation at this address. Use the address of your organisation.");
}

const unknown = () => new Refusal(404, "unknown_host", "There is no organisation at this address. Check the address for a typing mistake.");
const signIn = () => new Refusal(401, "sign_in", "Sign in, or send an API token of this organisation (Authorization: Bearer …).", { headers: { "www-authenticate": "Bearer" } });

export function resolveTenants(app: FastifyInstance, { settings, doors: { platform } }: Services): void {
  app.decorateRequest("tenant", null).decorateRequest("caller", null).decorateRequest("operator", null);
  app.addHook("onRequest", async (request, reply) => {
    const config: FastifyContextConfig = request.is404 ? { public: true } : request.routeOptions.config;
    if (config.alone) return;
    const credentials = config.open ? null : credentialsOf(request);
    if (credentials && forged(request, credentials)) throw new Refusal(403, "forged", "This request was sent by another site. Send it from a page of this address.");

    const addressee = addresseeOf(request.headers.host, settings.DOMAIN);
    if (addressee.kind === "platform") {
      if (credentials) request.operator = await findOperator(platform, credentials.hash) ?? null;
      if (config.platform && !request.operator) throw signIn();
      return;
    }
    if (addressee.kind === "nobody" && config.open) return;
    // A customer may also have a second name directly under the domain: one that is nobody's slug.
    const found = await findTenant(platform, addressee, credentials?.hash ?? null)
      ?? (addressee.kind === "slug" ? await findTenant(platform, { kind: "hostname", hostname: `${addressee.slug}.${settings.DOMAIN}` }, credentials?.hash ?? null) : undefined);
    if (found) {
      request.tenant = found.organisation;
      request.caller = found.caller;
      reply.header("x-tenant", found.organisation.slug);
    }
    if (config.open) return;
    if (!found) throw unknown();
    const { name, status } = found.organisation;
    if (status === "suspended") throw new Refusal(settings.SUSPENDED_STATUS, "suspended", `${name} is suspended. Its data is kept; ask its administrator or our support to have it reopened.`);
    if (config.platform) throw new Refusal(404, "not_found", "There is nothing at this address.");
    if (!found.caller && !config.public) throw signIn();
  });
}

/** Lets only the tenant's admins change what the routes of `app` lead to. */
export function onlyAdminsChange(app: FastifyInstance): void {
  app.addHook("onRequest", async (request) => {
    if (["GET", "HEAD"].includes(request.method) || request.caller?.role === "admin") return;
    throw new Refusal(403, "admins_only", "Only an admin of this organisation may do that.");
  });
}
