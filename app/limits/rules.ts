/** What a tier allows, decided from counts. A limit of null does not apply. Storage is counted in MB of 10^6 bytes. */
import type { Organisation } from "../tenants/find.ts";
import { Refusal } from "../errors.ts";

/** Refuses (403) one more user than the tier has. */
export function checkUsers(organisation: Organisation, existing: number): void {
  const limit = organisation.limitUsers;
  if (limit === null || existing < limit) return;
  throw new Refusal(403, "user_limit", `${organisation.name} has ${existing} users, and its tier allows ${limit}. Remove a user or move to a larger tier.`);
}

/** Bytes that may still be stored; Infinity without a limit. */
export function storageLeft(organisation: Organisation, usedBytes: number): number {
  const limit = organisation.limitStorageMegabytes;
  return limit === null ? Infinity : Math.max(0, limit * 1_000_000 - usedBytes);
}

/** The refusal (413) of a file that does not fit in what is left. */
export function storageRefusal(organisation: Organisation, usedBytes: number): Refusal {
  const used = (usedBytes / 1_000_000).toFixed(1);
  return new Refusal(413, "storage_limit", `This file does not fit: ${organisation.name} uses ${used} of the ${organisation.limitStorageMegabytes} MB of its tier. Delete files or move to a larger tier.`);
}
