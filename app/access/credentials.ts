import type {} from "@fastify/cookie";
import type {} from "@fastify/websocket";
import type { FastifyReply, FastifyRequest } from "fastify";
import { hashOf } from "./secret.ts";

/** `__Host-`: the browser sends it to this host name only, and takes it from no other, such as another customer's. */
const cookie = "__Host-session";
/** How long people stay signed in, in seconds. */
export const sessionSeconds = 14 * 24 * 3600;

/** What a request brings: the hash of its secret, and whether a browser sent it by itself. */
export interface Credentials { hash: Buffer; byCookie: boolean }

/** An `Authorization: Bearer …` header, or else the session's cookie. */
export function credentialsOf(request: FastifyRequest): Credentials | null {
  const [, token] = /^Bearer +(\S{1,200})$/i.exec(request.headers.authorization ?? "") ?? [];
  if (token) return { hash: hashOf(token), byCookie: false };
  const session = request.cookies[cookie];
  return session ? { hash: hashOf(session), byCookie: true } : null;
}

/**
 * Whether another site may have made the browser send this. Host names of other customers count as the same site for
 * cookies, so the cookie's own rules do not suffice. Reading is harmless: the answer stays with whoever asked.
 */
export function forged(request: FastifyRequest, { byCookie }: Credentials): boolean {
  const { origin, host } = request.headers;
  const reads = ["GET", "HEAD"].includes(request.method) && !request.ws;
  return byCookie && !reads && origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}

export const setSession = (reply: FastifyReply, secret: string): FastifyReply =>
  reply.setCookie(cookie, secret, { path: "/", secure: true, httpOnly: true, sameSite: "lax", maxAge: sessionSeconds });

export const clearSession = (reply: FastifyReply): FastifyReply => reply.clearCookie(cookie, { path: "/", secure: true, httpOnly: true, sameSite: "lax" });
