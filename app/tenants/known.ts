import type { Session } from "../database/connect.ts";
import { OperatorError } from "../errors.ts";

export interface KnownTenant { id: number; slug: string; name: string }

/** The organisations of these slugs, in order; all of them when none is named. Throws OperatorError for one that is not there. */
export async function knownTenants(platform: Session, slugs: string[]): Promise<KnownTenant[]> {
  const rows = await platform<KnownTenant[]>`select id, slug, name from organisations where ${slugs.length > 0 ? platform`slug = any(${slugs})` : platform`true`} order by slug`;
  const missing = slugs.filter((slug) => !rows.some((row) => row.slug === slug));
  if (missing.length > 0) throw new OperatorError(`There is no organisation ${missing.join(", ")} on this host. The command \`tenants\` makes organisations.`);
  return rows;
}

/** The same for one. */
export async function knownTenant(platform: Session, slug: string): Promise<KnownTenant> {
  return (await knownTenants(platform, [slug]))[0]!;
}
