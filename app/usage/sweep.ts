import type { Doors } from "../database/doors.ts";
import { notLookedAt, recordSize } from "./store.ts";

/** Looks once an hour at how many users and bytes of files each tenant has, some at a time. `known`: passed over. Resolves with whom it looked at. */
export async function sweepUsage(doors: Doors, known: ReadonlySet<number> = new Set()): Promise<number[]> {
  const tenants = (await notLookedAt(doors.platform)).filter((tenant) => !known.has(tenant));
  for (const tenant of tenants) {
    const [users, storageBytes] = await doors.tenant(tenant).transaction((rows) => Promise.all([rows.count("users"), rows.sum("uploads", "sizeBytes")]));
    // A tenant on its way to another host may refuse; its next hour will be looked at there.
    await recordSize(doors.platform, tenant, users, storageBytes).catch(() => {});
  }
  return tenants;
}

/** Until nobody is left whom nobody has looked at in this hour, but for those who refuse. */
export async function sweepAll(doors: Doors): Promise<void> {
  const looked = new Set<number>();
  for (let some = await sweepUsage(doors); some.length > 0; some = await sweepUsage(doors, looked)) for (const tenant of some) looked.add(tenant);
}
