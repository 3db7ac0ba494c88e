/** Numbers for Prometheus. Only what is cheap to count has a tenant; what is measured in buckets has not, or the series would be too many. */
import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Doors } from "../database/doors.ts";
import type { Hub } from "../events/hub.ts";
import { countJobs } from "../jobs/queue.ts";
import { listWorkers } from "../jobs/heartbeat.ts";

export interface Metrics { watch(app: FastifyInstance): void; registry: Registry }

export function createMetrics({ platform }: Doors, events: Hub, release: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({ registers, name: "app_info", help: "Always 1; says which release this is", labelNames: ["release"] }).set({ release }, 1);
  const requests = new Counter({ registers, name: "app_requests_total", help: "Answers by tenant and class of status", labelNames: ["tenant", "status"] });
  const refused = new Counter({ registers, name: "app_limited_total", help: "Requests turned away by a limit of the tier", labelNames: ["tenant"] });
  const seconds = new Histogram({ registers, name: "app_request_seconds", help: "Time until the answer was sent", labelNames: ["method", "route"], buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60] });
  new Gauge({
    registers, name: "app_event_readers", help: "Who listens to events now", labelNames: ["tenant"],
    collect() {
      this.reset();
      for (const [tenant, count] of events.readers()) this.set({ tenant }, count);
    },
  });
  new Gauge({
    registers, name: "app_jobs", help: "Jobs by state", labelNames: ["state"],
    // Asked when Prometheus asks; without the database there is nothing to say.
    async collect() {
      const counts = await countJobs(platform).catch(() => []);
      this.reset();
      for (const { state, count } of counts) this.set({ state }, count);
    },
  });
  new Gauge({
    registers, name: "app_worker_silent_seconds", help: "Since a worker last showed that it lives", labelNames: ["worker", "release"],
    async collect() {
      const workers = await listWorkers(platform).catch(() => []);
      this.reset();
      for (const { name, release, silentSeconds } of workers) this.set({ worker: name, release }, silentSeconds);
    },
  });

  return {
    registry,
    watch(app) {
      app.addHook("onRequest", async (request, reply) => {
        reply.raw.once("close", () => {
          const tenant = request.tenant?.slug ?? "";
          requests.inc({ tenant, status: `${Math.floor(reply.statusCode / 100)}xx` });
          if (reply.statusCode === 429) refused.inc({ tenant });
          if (!request.routeOptions.config.stream) seconds.observe({ method: request.method, route: request.routeOptions.url ?? "none" }, reply.elapsedTime / 1000);
        });
      });
    },
  };
}
