import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import type { Services } from "../http/services.ts";
import { rowsOf } from "../http/services.ts";
import { parse } from "../resources/input.ts";
import { signInOperator, signOutOperator } from "../platform/operators.ts";
import { clearSession, credentialsOf, setSession } from "./credentials.ts";
import { signIn } from "./tenant-login.ts";

const login = z.strictObject({ email: z.string().toLowerCase().max(254), password: z.string().max(1000) });

/** POST /login {email, password} and POST /logout, as JSON or as a page's form; at a tenant's address and at the platform's. */
export function accessRoutes(app: FastifyInstance, services: Services): void {
  const { attempts, doors: { platform } } = services;
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string", bodyLimit: 10_000 }, (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body as string))));

  app.post("/login", { config: { public: true } }, async (request, reply) => {
    const { email, password } = parse(login, request.body);
    const whose = `${request.tenant?.slug ?? ""}/${email}`;
    const wait = await attempts.take(whose);
    if (wait > 0) throw new Refusal(429, "too_many_attempts", `Too many attempts to sign in. Try again in ${Math.ceil(wait / 60)} minutes.`, { headers: { "retry-after": String(wait) } });
    const secret = request.tenant ? await signIn(rowsOf(services, request), email, password) : await signInOperator(platform, email, password);
    if (!secret) throw new Refusal(401, "wrong_login", "Email and password do not fit.");
    await attempts.forget(whose);
    return respond(request, setSession(reply, secret));
  });

  app.post("/logout", { config: { public: true } }, async (request, reply) => {
    if (request.caller?.kind === "session") await rowsOf(services, request).remove("tokens", request.caller.tokenId);
    if (request.operator) await signOutOperator(platform, credentialsOf(request)!.hash);
    return respond(request, clearSession(reply));
  });
}

/** A browser that sent a form goes on to the home page. */
const respond = (request: FastifyRequest, reply: Parameters<typeof setSession>[0]) =>
  request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ? reply.redirect("/", 303) : reply.code(204).send();
