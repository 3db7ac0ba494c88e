import type { Database, Session } from "../database/connect.ts";

/** What a tenant used in an hour, to be added to what is recorded. */
export interface Usage { tenant: number; hour: Date; requests: number; apiCalls: number; bytesIn: number; bytesOut: number }

/**
 * Adds to the hours. Returns what could not be added: a tenant on its way to another host may refuse writes for a moment,
 * and the others must not wait for it.
 */
export async function addUsage(platform: Database, list: Usage[]): Promise<Usage[]> {
  if (list.length === 0) return [];
  try {
    await insert(platform, list);
    return [];
  } catch (error) {
    if (list.length === 1) throw error;
    const outcomes = await Promise.all(list.map((usage) => insert(platform, [usage]).then(() => [], () => [usage])));
    return outcomes.flat();
  }
}

/** Tenants that are gone are left out. */
const insert = (sql: Session, list: Usage[]) => sql`
  insert into usage_hours as old (organisation_id, hour, requests, api_calls, bytes_in, bytes_out)
  select tenant, new.hour, new.requests, "apiCalls", "bytesIn", "bytesOut" from jsonb_to_recordset(${sql.json(list as never)})
    as new (tenant bigint, hour timestamptz, requests bigint, "apiCalls" bigint, "bytesIn" bigint, "bytesOut" bigint)
  join organisations on organisations.id = tenant
  on conflict (organisation_id, hour) do update set
    requests = old.requests + excluded.requests, api_calls = old.api_calls + excluded.api_calls,
    bytes_in = old.bytes_in + excluded.bytes_in, bytes_out = old.bytes_out + excluded.bytes_out`;

/** Bytes of the running month, by tenant. */
export async function monthVolumes(sql: Session, tenants: number[]): Promise<[tenant: number, bytes: number][]> {
  if (tenants.length === 0) return [];
  const rows = await sql<{ tenant: number; bytes: number }[]>`
    select organisation_id as tenant, sum(bytes_in + bytes_out)::bigint as bytes from usage_hours
    where organisation_id = any(${tenants}::bigint[]) and hour >= date_trunc('month', now(), 'UTC') group by 1`;
  return rows.map(({ tenant, bytes }) => [tenant, bytes]);
}

/** Tenants whose users and files nobody has looked at in this hour, 100 at most. */
export const notLookedAt = async (sql: Session): Promise<number[]> => (await sql<{ id: number }[]>`
  select id from organisations where not exists (
    select from usage_hours where organisation_id = id and hour = date_trunc('hour', now(), 'UTC') and users is not null)
  limit 100`).map(({ id }) => id);

/** Records how many users and bytes of files a tenant has; the most of the hour stays. */
export async function recordSize(sql: Session, tenant: number, users: number, storageBytes: number): Promise<void> {
  await sql`
    insert into usage_hours as old (organisation_id, hour, users, storage_bytes) values (${tenant}, date_trunc('hour', now(), 'UTC'), ${users}, ${storageBytes})
    on conflict (organisation_id, hour) do update set
      users = greatest(old.users, excluded.users), storage_bytes = greatest(old.storage_bytes, excluded.storage_bytes)`;
}

export interface UsageHour { hour: Date; requests: number; apiCalls: number; bytesIn: number; bytesOut: number; users: number | null; storageBytes: number | null }

/** The hours of a tenant from one time until before another, in order. */
export const usageOf = async (sql: Session, tenant: number, from: Date, until: Date): Promise<UsageHour[]> => await sql<UsageHour[]>`
  select hour, requests, api_calls, bytes_in, bytes_out, users, storage_bytes from usage_hours
  where organisation_id = ${tenant} and hour >= ${from} and hour < ${until} order by hour`;

export interface TenantUsage extends Omit<UsageHour, "hour"> {
  slug: string; name: string; status: string;
  limits: { users: number | null; storageMegabytes: number | null; apiCallsPerHour: number | null; requestsPerMinute: number | null; monthlyMegabytes: number | null };
  /** Most API calls within one hour. */
  mostApiCalls: number;
}

/** What each tenant used from one time until before another; users and bytes of files: as last seen then. */
export const usageOfAll = async (sql: Session, from: Date, until: Date): Promise<TenantUsage[]> => await sql<TenantUsage[]>`
  select slug, name, status,
    json_build_object('users', limit_users, 'storageMegabytes', limit_storage_megabytes, 'apiCallsPerHour', limit_api_calls_per_hour,
      'requestsPerMinute', limit_requests_per_minute, 'monthlyMegabytes', limit_monthly_megabytes) as limits,
    coalesce(sum(requests), 0)::bigint as requests, coalesce(sum(api_calls), 0)::bigint as api_calls, coalesce(max(api_calls), 0)::bigint as most_api_calls,
    coalesce(sum(bytes_in), 0)::bigint as bytes_in, coalesce(sum(bytes_out), 0)::bigint as bytes_out,
    (array_agg(users order by hour desc) filter (where users is not null))[1] as users,
    (array_agg(storage_bytes order by hour desc) filter (where storage_bytes is not null))[1] as storage_bytes
  from organisations left join usage_hours on organisation_id = id and hour >= ${from} and hour < ${until}
  group by id order by slug`;
