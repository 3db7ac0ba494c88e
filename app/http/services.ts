import type { FastifyRequest } from "fastify";
import type { ServiceSettings } from "../config.ts";
import type { Database } from "../database/connect.ts";
import { tenantDatabase, type TenantDatabase } from "../database/scope.ts";
import type { Redis } from "ioredis";
import type { Hub } from "../events/hub.ts";
import type { CallCounter } from "../limits/calls.ts";
import { tenantOf } from "./tenant.ts";
import type { Drain } from "./drain.ts";

/** What request handlers work with. */
export interface Services {
  settings: ServiceSettings;
  database: Database;
  redis: Redis;
  calls: CallCounter;
  events: Hub;
  drain: Drain;
  /** Names of the migrations this release needs. */
  migrations: string[];
}

/** The rows of the tenant a request is for. */
export const rowsOf = (services: Services, request: FastifyRequest): TenantDatabase => tenantDatabase(services.database, tenantOf(request).id);
