/** Names of everything that a move makes in a database, so that a person and `leftovers` find every one. */
import { createHash } from "node:crypto";

export interface MoveNames {
  /** Schema of the move's own tables and functions, on both sides. */
  schema: string;
  /** Beginning of every other name. */
  prefix: string;
  /** Publication on the side that the customer leaves, subscription and slot for it on the other. */
  out: string;
  /** The same for the way back. */
  back: string;
  /** Login of the other host, on both sides. */
  role: string;
  /** In the database's container: the password for the other side's role, so that neither SQL nor the catalogue holds it. */
  passfile: string;
}

/** All names of all moves begin so. */
export const MOVE_PREFIX = "etage_move";

/** PostgreSQL cuts names after 63 bytes; what comes after the prefix needs some of them. */
const LONGEST_SLUG = 36;

/** A slug has no underscores, so two slugs never get one name; one too long is cut and told apart by its checksum. */
export function moveNames(slug: string): MoveNames {
  const plain = slug.replaceAll("-", "_");
  const word = plain.length <= LONGEST_SLUG ? plain : `${plain.slice(0, LONGEST_SLUG - 9)}_${createHash("sha256").update(slug).digest("hex").slice(0, 8)}`;
  const prefix = `${MOVE_PREFIX}_${word}`;
  return { schema: prefix, prefix, out: `${prefix}_out`, back: `${prefix}_back`, role: prefix, passfile: `/var/lib/postgresql/${prefix}.pgpass` };
}

/** Conditions on `pg_subscription` and `pg_replication_slots`, which list those of every database of the server. */
export const HERE = { subscription: "subdbid = (select oid from pg_database where datname = current_database())", slot: "database = current_database()" } as const;
