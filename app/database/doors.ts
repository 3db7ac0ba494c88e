import type { DatabaseSettings } from "../config.ts";
import { openDatabase, type Database, type Session } from "./connect.ts";
import { enter, tenantDatabase, type TenantDatabase } from "./scope.ts";

/** The two ways into the database, each with rights of its own (roles.sql). No code has both a tenant's rows and another's. */
export interface Doors {
  /** Who is hosted here, who comes in, what is to be done, what was used; nobody's data. */
  platform: Database;
  /** One tenant's rows, and of no other: the database sees to it. */
  tenant(key: number): TenantDatabase;
  /** One transaction of a tenant with statements of one's own, for those who handle whole tables (archive/). `mode` as after BEGIN. */
  inTenant<T>(key: number, mode: string, work: (sql: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens both; connects on first use. */
export function openDoors(settings: DatabaseSettings, as: string, { connections = settings.DATABASE_CONNECTIONS, timeout = 0 } = {}): Doors {
  const platform = openDatabase(settings, { as, connections: Math.ceil(connections / 2), role: "app_platform", timeout });
  const tenants = openDatabase(settings, { as, connections, role: "app_tenant", timeout });
  return {
    platform,
    tenant: (key) => tenantDatabase(tenants, key),
    inTenant: async (key, mode, work) => await tenants.begin(mode, async (sql) => {
      await enter(sql, key);
      return await work(sql);
    }) as never,
    close: async () => void await Promise.all([platform.end({ timeout: 1 }), tenants.end({ timeout: 1 })]),
  };
}
