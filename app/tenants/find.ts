import type { Session } from "../database/connect.ts";
import type { Addressee } from "./host.ts";

/** Limits that are null do not apply. */
export interface Organisation {
  id: number;
  slug: string;
  name: string;
  status: "active" | "suspended";
  limitUsers: number | null;
  limitStorageMegabytes: number | null;
  limitApiCallsPerHour: number | null;
}

/** The organisation a request is for, or undefined when there is none of that name here. */
export async function findOrganisation(sql: Session, addressee: Addressee): Promise<Organisation | undefined> {
  if (addressee.kind !== "slug" && addressee.kind !== "hostname") return undefined;
  const [organisation] = await sql<Organisation[]>`
    select id, slug, name, status, limit_users, limit_storage_megabytes, limit_api_calls_per_hour from organisations
    where ${addressee.kind === "slug"
      ? sql`slug = ${addressee.slug}`
      : sql`id = (select organisation_id from hostnames where hostname = ${addressee.hostname})`}`;
  return organisation;
}
