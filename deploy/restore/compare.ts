/**
 * What would change if an archive were put in the place of a customer's living rows. The work is the scratch database's:
 * the living one only reads its rows out. Rows are compared as the table's type understands them, by their primary key.
 */
import { type Command, root, script } from "../host/command.ts";
import type { Database } from "../host/postgres.ts";
import { scratchName } from "../host/scratch.ts";
import { ident, literal } from "../move/data/quote.ts";

/** Rows of one kind, and keys of some of them. */
export interface Difference { rows: number; keys: string[] }

export interface ComparedTable {
  table: string;
  /** Rows now, and at the time. */
  now: number;
  then: number;
  /** Would come, go, change. */
  comes: Difference;
  goes: Difference;
  changes: Difference;
}

export interface CompareSpec {
  slug: string;
  /** Container of the living database. */
  living: string;
  database: Database;
  /** Path of the archive on the host. */
  archive: string;
  /** Tables of the archive; in each, `column` has the customer's `key`. */
  tables: readonly { table: string; column: string }[];
  key: string | number;
}

/** Keys that are told of each kind. */
const MOST_KEYS = 100;
/** Characters that JSON never has in the raw: each line is one value of CSV. */
const CSV = "with (format csv, quote E'\\x01', delimiter E'\\x02')";

const named = (table: string): string => table.split(".").map(ident).join(".");

/** What of the living rows is read out: everything but the customer's key, which the archive has not either. */
const read = (table: string, column: string, key: string | number): string =>
  `copy (select to_jsonb(t) - ${literal(column)} from ${named(table)} t where ${ident(column)} = ${literal(String(key))}) to stdout ${CSV};\n`;

const BEGIN = `create temp table past (line jsonb); create temp table present (line jsonb);\ncopy past from stdin ${CSV};\n`;
const BETWEEN = `copy present from stdin ${CSV};\n`;

/** A table without a primary key has its whole rows for keys. */
function compare(table: string, column: string): string {
  const name = named(table);
  const side = (from: string): string => `select coalesce((select jsonb_agg(doc -> k order by n) from keys, unnest(names) with ordinality u(k, n)), jsonb_build_array(doc)) as key, doc
  from (select to_jsonb(jsonb_populate_record(null::${name}, line)) - ${literal(column)} as doc from ${from}) d`;
  const kind = (title: string, condition: string): string =>
    `'${title}', json_build_object('rows', count(*) filter (where ${condition}), 'keys', to_json(coalesce((array_agg(word order by key) filter (where ${condition}))[1:${MOST_KEYS}], '{}')))`;
  return `with keys as (
  select array_agg(a.attname::text order by a.attnum) as names from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
  where i.indrelid = ${literal(name)}::regclass and i.indisprimary and a.attname <> ${literal(column)}
), one as (${side("past")}), other as (${side("present")}),
two as (select coalesce(one.key, other.key) as key, one.doc as past, other.doc as present from one full join other on one.key = other.key),
told as (select key, past, present, (select string_agg(value, ' ') from jsonb_array_elements_text(key)) as word from two)
select json_build_object('table', ${literal(table)}, 'now', count(present), 'then', count(past), ${kind("comes", "present is null")}, ${kind("goes", "past is null")}, ${kind("changes", "past <> present")}) from told;
`;
}

/** For each table its name, the statement for the living database, and the beginning, the middle and the end for the scratch. */
const COMPARE = `
set -eu
living=$1 scratch=$2 user=$3 name=$4 archive=$5; shift 5
said=$(mktemp); trap 'rm -f "$said"' EXIT
while [ $# -gt 0 ]; do
  {
    printf '%s' "$3"
    tar --wildcards -xOf "$archive" "tables/$1/*" 2>/dev/null || true
    printf '\\\\.\\n%s' "$4"
    printf '%s' "$2" | docker exec -i "$living" psql -X -q -v ON_ERROR_STOP=1 -U "$user" -d "$name" || echo "$1" >>"$said"
    printf '\\\\.\\n%s' "$5"
  } | docker exec -i "$scratch" psql -X -q -A -t -v ON_ERROR_STOP=1 -U "$user" -d "$name"
  [ ! -s "$said" ] || { echo "$living did not read out $1" >&2; exit 1; }
  shift 5
done
`;
export const compareRows = ({ slug, living, database, archive, tables, key }: CompareSpec): Command =>
  root(script("compare-rows", COMPARE, living, scratchName(slug), database.user, database.name, archive,
    ...tables.flatMap(({ table, column }) => [table, read(table, column, key), BEGIN, BETWEEN, compare(table, column)])));

/** One line of JSON a table. */
export const parseCompared = (stdout: string): ComparedTable[] =>
  stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as ComparedTable);
