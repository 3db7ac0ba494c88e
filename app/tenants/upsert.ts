import type { Database, Session } from "../database/connect.ts";
import { OperatorError } from "../errors.ts";
import { organisationId } from "./identity.ts";
import type { Tenant } from "./schema.ts";

/** `others`: organisations in the database that the list did not name; they are left as they are. */
export interface Counts { created: number; updated: number; unchanged: number; others: number }

/** Makes the database agree with the list, in one transaction. Never deletes an organisation. Throws OperatorError. */
export async function upsertTenants(database: Database, tenants: Tenant[]): Promise<Counts> {
  return await database.begin(async (sql) => {
    // One run at a time: two lists may give the same hostname to different tenants.
    await sql`lock table hostnames in share row exclusive mode`;
    const outcomes = { created: 0, updated: 0, unchanged: 0 };
    const changed = new Set<number>();
    for (const tenant of tenants) {
      const outcome = await upsertOrganisation(sql, tenant);
      if (outcome !== "unchanged") changed.add(organisationId(tenant.slug));
      outcomes[outcome] += 1;
    }
    for (const id of await agreeHostnames(sql, tenants)) {
      if (changed.has(id)) continue;
      changed.add(id);
      outcomes.unchanged -= 1;
      outcomes.updated += 1;
    }
    const [total] = await sql<{ count: number }[]>`select count(*) as count from organisations`;
    return { ...outcomes, others: total!.count - tenants.length };
  });
}

/** Makes an organisation without limits unless there is one of this slug. */
export async function addOrganisation(sql: Session, slug: string, name: string): Promise<void> {
  await sql`insert into organisations ${sql({ id: organisationId(slug), slug, name })} on conflict (slug) do nothing`;
}

async function upsertOrganisation(sql: Session, { slug, name, status, limits }: Tenant): Promise<"created" | "updated" | "unchanged"> {
  const values = {
    name, status, limitUsers: limits.users, limitStorageMegabytes: limits.storageMegabytes, limitApiCallsPerHour: limits.apiCallsPerHour,
    limitRequestsPerMinute: limits.requestsPerMinute, limitMonthlyMegabytes: limits.monthlyMegabytes,
  };
  const [row] = await sql<{ created: boolean }[]>`
    insert into organisations ${sql({ id: organisationId(slug), slug, ...values })}
    on conflict (slug) do update set ${sql(values)}, updated_at = now()
    where (organisations.name, organisations.status, organisations.limit_users, organisations.limit_storage_megabytes, organisations.limit_api_calls_per_hour,
      organisations.limit_requests_per_minute, organisations.limit_monthly_megabytes)
      is distinct from (excluded.name, excluded.status, excluded.limit_users, excluded.limit_storage_megabytes, excluded.limit_api_calls_per_hour,
      excluded.limit_requests_per_minute, excluded.limit_monthly_megabytes)
    returning created_at = updated_at as created`;
  if (!row) return "unchanged";
  return row.created ? "created" : "updated";
}

/** Ids of the organisations whose hostnames changed. Takes away first, so that a name can pass from one to another. */
async function agreeHostnames(sql: Session, tenants: Tenant[]): Promise<number[]> {
  const wanted = tenants.flatMap(({ slug, hostnames }) => [...new Set(hostnames)].map((hostname) => ({ id: organisationId(slug), hostname })));
  const ids = wanted.map((row) => row.id);
  const names = wanted.map((row) => row.hostname);
  const dropped = await sql<{ organisationId: number }[]>`
    delete from hostnames where organisation_id = any(${tenants.map(({ slug }) => organisationId(slug))}::bigint[])
      and (organisation_id, hostname) not in (select * from unnest(${ids}::bigint[], ${names}::text[]))
    returning organisation_id`;
  const added = await sql<{ organisationId: number }[]>`
    insert into hostnames (organisation_id, hostname) select * from unnest(${ids}::bigint[], ${names}::text[])
    on conflict (organisation_id, hostname) do nothing returning organisation_id`.catch((error: { code?: string; detail?: string }) => {
    if (error.code !== "23505") throw error;
    throw new OperatorError(`A hostname belongs to a tenant that is not in the list; nothing was changed. ${error.detail ?? ""} Name that tenant too, without the hostname.`);
  });
  return [...dropped, ...added].map((row) => row.organisationId);
}
