import type { Doors } from "../database/doors.ts";
import { notLookedAt, recordSize } from "./store.ts";

/** Looks once an hour at how many users and bytes of files each tenant has. Resolves with how many tenants it looked at. */
export async function sweepUsage(doors: Doors): Promise<number> {
  const tenants = await notLookedAt(doors.platform);
  for (const tenant of tenants) {
    const [users, storageBytes] = await doors.tenant(tenant).transaction((rows) => Promise.all([rows.count("users"), rows.sum("uploads", "sizeBytes")]));
    // A tenant on its way to another host may refuse; its next hour will be looked at there.
    await recordSize(doors.platform, tenant, users, storageBytes).catch(() => {});
  }
  return tenants.length;
}
