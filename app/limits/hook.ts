/** Holds every request of somebody known to the tenant's limits. Strangers are turned away before: they must not use up a tenant's calls. */
import type { FastifyInstance } from "fastify";
import { Refusal } from "../errors.ts";
import type { Services } from "../http/services.ts";
import type { Organisation } from "../tenants/find.ts";
import { exceeded, headersOf, type Policy } from "./policies.ts";
import { warn } from "./warning.ts";
import { hour, minute, secondsLeft } from "./windows.ts";

export function limitRequests(app: FastifyInstance, { counter, meter }: Services): void {
  app.addHook("onRequest", async (request, reply) => {
    const { tenant, caller } = request;
    if (!tenant || !caller) return;
    const now = new Date();
    const limits = [{ window: minute, limit: tenant.limitRequestsPerMinute }, ...(request.url.startsWith("/api/") ? [{ window: hour, limit: tenant.limitApiCallsPerHour }] : [])];
    const limited = limits.flatMap(({ window, limit }) => limit === null ? [] : [{ window, limit }]);
    const counts = limited.length > 0 ? await counter.take(tenant.slug, limited.map(({ window }) => window), now) : undefined;
    const policies: Policy[] = counts ? limited.map(({ window, limit }, index) => (
      { name: window.name, quota: limit, windowSeconds: window.seconds, used: counts[index]!, resetSeconds: secondsLeft(window, now) })) : [];
    const volume = meter.volumeOf(tenant.id);
    if (tenant.limitMonthlyMegabytes !== null && volume !== undefined) policies.push(monthly(tenant.limitMonthlyMegabytes, volume, now));
    reply.headers(headersOf(policies));
    for (const { name, used, quota } of policies) warn(reply, name, used, quota);
    const over = policies.find(exceeded);
    if (over) throw refusal(tenant, over);
  });
}

function monthly(megabytes: number, used: number, now: Date): Policy {
  const [begin, end] = [0, 1].map((ahead) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead) / 1000) as [number, number];
  return { name: "month", quota: megabytes * 1_000_000, unit: "content-bytes", windowSeconds: end - begin, used, resetSeconds: Math.ceil(end - now.getTime() / 1000) };
}

function refusal({ name }: Organisation, { name: window, quota, unit, resetSeconds }: Policy): Refusal {
  const what = unit ? `moved the ${quota / 1_000_000} MB a ${window}` : window === "hour" ? `made the ${quota} API calls an hour` : `made the ${quota} requests a ${window}`;
  const code = { minute: "request_limit", hour: "api_call_limit", month: "volume_limit" }[window]!;
  return new Refusal(429, code, `${name} has ${what} that its tier allows. The next ${window} begins in ${resetSeconds} s.`, { headers: { "retry-after": String(resetSeconds) } });
}
