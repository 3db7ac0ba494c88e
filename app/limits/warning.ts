import type { FastifyReply } from "fastify";
import { warningOf } from "./policies.ts";

/** Adds a line to the answer's `limit-warning` header when a limit is near. */
export function warn(reply: FastifyReply, name: string, used: number, limit: number | null): void {
  const warning = warningOf(name, used, limit);
  if (warning) reply.header("limit-warning", [reply.getHeader("limit-warning"), warning].filter(Boolean).join(", "));
}
