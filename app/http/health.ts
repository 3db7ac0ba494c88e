/** What the proxy and the operator's gates ask. Answered for every host name, also by address. */
import type { FastifyInstance } from "fastify";
import { pending } from "../database/migrate.ts";
import { Refusal, reasonOf } from "../errors.ts";
import { pingRedis } from "../redis.ts";
import type { Services } from "./services.ts";

const patience = 2000;

export function healthRoutes(app: FastifyInstance, services: Services): void {
  const { settings, drain, redis } = services;

  app.get("/health/live", { config: { open: true, alone: true }, logLevel: "warn" }, async () => ({ ok: true }));

  app.get("/health/ready", { config: { open: true, alone: true }, logLevel: "warn" }, async (_request, reply) => {
    if (drain.draining) return reply.code(503).send({ ok: false, reasons: ["draining"] });
    const checks = { database: databaseFault(services), redis: pingRedis(redis).then(() => undefined) };
    const answers = await Promise.all(Object.entries(checks).map(async ([name, check]) => {
      const started = performance.now();
      const reason = await within(check).catch(reasonOf);
      return { name, reason, milliseconds: Math.round((performance.now() - started) * 10) / 10 };
    }));
    const reasons = answers.flatMap(({ name, reason }) => (reason ? [`${name}: ${reason}`] : []));
    const milliseconds = Object.fromEntries(answers.map(({ name, milliseconds }) => [name, milliseconds]));
    return reply.code(reasons.length > 0 ? 503 : 200).send({ ok: reasons.length === 0, reasons, milliseconds });
  });

  app.get("/version", { config: { open: true } }, async (request) => ({ release: settings.RELEASE, tenant: request.tenant?.slug ?? null }));
}

async function databaseFault({ doors, migrations }: Services): Promise<string | undefined> {
  const missing = await pending(doors.platform, migrations);
  return missing.length > 0 ? `${missing.length} of this release's migrations are not applied (${missing.join(", ")}); run \`migrate\`` : undefined;
}

/** Readiness must be told in time even when a service hangs. */
async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Refusal(503, "late", `no answer within ${patience} ms`)), patience);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
