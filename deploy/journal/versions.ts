/** The store's schema has a version: how many of its migrations it has been through. */
import { exitCode, UserError } from "../errors.ts";

/** The migrations that are still to be run. Throws when the store was made by a newer program than this one. */
export function pending(place: string, have: number, migrations: readonly string[]): readonly string[] {
  if (have > migrations.length) {
    throw new UserError(`the journal ${place} has version ${have} of its schema, and this program knows ${migrations.length}: a newer one made it`, {
      hint: "update your copy of the project, or name another place in ETAGE_STATE", code: exitCode.usage,
    });
  }
  return migrations.slice(have);
}
