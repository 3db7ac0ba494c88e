import type { Session } from "../database/connect.ts";
import type { Role } from "../database/tables.ts";
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
  limitRequestsPerMinute: number | null;
  limitMonthlyMegabytes: number | null;
}

/** Who asks: a person with a session (`userId`), or a program with an API token. */
export interface Caller { tokenId: string; kind: "session" | "api"; role: Role; userId: number | null }

/** The organisation a request is for and who asks, in one question; undefined when there is none of that name here. */
export async function findTenant(sql: Session, addressee: Addressee, secretHash: Buffer | null): Promise<{ organisation: Organisation; caller: Caller | null } | undefined> {
  if (addressee.kind !== "slug" && addressee.kind !== "hostname") return undefined;
  const [row] = await sql<(Organisation & { tokenId: string | null } & Omit<Caller, "tokenId">)[]>`
    select organisations.id, slug, organisations.name, status, limit_users, limit_storage_megabytes, limit_api_calls_per_hour, limit_requests_per_minute, limit_monthly_megabytes,
      tokens.id as token_id, kind, role, user_id
    from organisations left join tokens on organisation_id = organisations.id and hash = ${secretHash} and (expires_at is null or expires_at > now())
    where ${addressee.kind === "slug"
      ? sql`slug = ${addressee.slug}`
      : sql`organisations.id = (select organisation_id from hostnames where hostname = ${addressee.hostname})`}`;
  if (!row) return undefined;
  const { tokenId, kind, role, userId, ...organisation } = row;
  return { organisation, caller: tokenId === null ? null : { tokenId, kind, role, userId } };
}
