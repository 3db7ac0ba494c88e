import type { FastifyRequest } from "fastify";
import type { Redis } from "ioredis";
import type { Attempts } from "../access/attempts.ts";
import type { ServiceSettings } from "../config.ts";
import type { Doors } from "../database/doors.ts";
import type { TenantDatabase } from "../database/scope.ts";
import type { Hub } from "../events/hub.ts";
import type { Counter } from "../limits/windows.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Meter } from "../usage/meter.ts";
import { tenantOf } from "./tenant.ts";
import type { Drain } from "./drain.ts";

/** What request handlers work with. */
export interface Services {
  settings: ServiceSettings;
  doors: Doors;
  redis: Redis;
  attempts: Attempts;
  counter: Counter;
  meter: Meter;
  metrics: Metrics;
  events: Hub;
  drain: Drain;
  /** Names of the migrations this release needs. */
  migrations: string[];
}

/** The rows of the tenant a request is for. */
export const rowsOf = (services: Services, request: FastifyRequest): TenantDatabase => services.doors.tenant(tenantOf(request).id);
