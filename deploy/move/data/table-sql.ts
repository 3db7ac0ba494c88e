/** Pieces of SQL about the customer's rows of one table, which goes by the name `r`. */
import { ident, literal, qualified } from "./quote.ts";
import type { KeyColumn, MovedTable } from "./tenancy.ts";

/** True for the customer's rows. */
export const owned = ({ column }: Pick<MovedTable, "column">, key: string, row = "r"): string => (column === null ? "true" : `${row}.${ident(column)} = ${literal(key)}`);

/** A row's key as a JSON array of texts. */
export const keyJson = ({ key }: Pick<MovedTable, "key">, row = "r"): string => `jsonb_build_array(${key.map(({ name }) => `${row}.${ident(name)}::text`).join(", ")})`;

/** One number for a row's content. Columns are named, since their order may differ between the sides. */
export const hash = ({ columns }: Pick<MovedTable, "columns">): string => `hashtextextended(row(${columns.map((name) => `r.${ident(name)}`).join(", ")})::text, 0)`;

/** Values print alike on both sides whatever the session, the database or the role is set to. */
export const SAME_TEXT = `set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex' set lc_monetary = 'C'`;

const bytewise = ({ collated }: KeyColumn): string => (collated ? ` collate "C"` : "");
const ordered = (table: MovedTable): string => table.key.map((column) => `r.${ident(column.name)}${bytewise(column)}`).join(", ");
const given = (table: MovedTable, parameter: string): string => table.key.map((column, at) => `(${parameter}->>${at})::${column.type}${bytewise(column)}`).join(", ");
const beyond = (table: MovedTable, sign: ">" | "<=", parameter: string): string =>
  table.key.length === 0 ? "true" : `(${parameter} is null or (${ordered(table)}) ${sign} (${given(table, parameter)}))`;

/** Texts that the functions in the move's schema EXECUTE; `$1` and `$2` as said. */
export interface TableQueries {
  /** `$1`: JSON array of keys → JSON object of key → content's number, null where there is no row. */
  byKey: string;
  /** `$1`: key to begin after or null, `$2`: rows → key of the last of that many rows, nothing when there are fewer. */
  boundary: string;
  /** `$1`: after this key, `$2`: up to this one, null for no end → rows, content's number. */
  range: string;
  /** The same → key, content's number of each row. */
  rows: string;
}

export function tableQueries(table: MovedTable, key: string): TableQueries {
  const from = `from ${qualified(table.schema, table.name)} r where ${owned(table, key)}`;
  const inRange = `${beyond(table, ">", "$1")} and ${beyond(table, "<=", "$2")}`;
  const same = table.key.map((column, at) => ` and r.${ident(column.name)} = (k.key->>${at})::${column.type}`).join("");
  return {
    byKey: `select coalesce(jsonb_object_agg(k.key::text, h.hash::text), '{}') from jsonb_array_elements($1) k(key) left join lateral (select ${hash(table)} as hash ${from}${same}) h on true`,
    boundary: table.key.length === 0
      ? "select null::jsonb where $1 is null and $2 < 0"
      : `select ${keyJson(table)} ${from} and ${beyond(table, ">", "$1")} order by ${ordered(table)} offset $2 - 1 limit 1`,
    range: `select count(*), coalesce(bit_xor(${hash(table)}), 0) ${from} and ${inRange}`,
    rows: `select ${keyJson(table)}::text, ${hash(table)}::text ${from} and ${inRange}`,
  };
}
