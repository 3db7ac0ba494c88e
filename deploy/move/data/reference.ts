/** Rows that all customers share (countries, plans): copied to the target in an order in which foreign keys hold. */
import { ident, qualified } from "./quote.ts";
import { nameOf, type ReferenceTable } from "./tenancy.ts";

const names = (columns: readonly string[], row = ""): string => columns.map((name) => `${row}${ident(name)}`).join(", ");

/** On the source: prints the rows as COPY writes them. */
export const readReference = (table: ReferenceTable): string =>
  `copy (select ${names(table.columns)} from ${qualified(table.schema, table.name)} order by ${names(table.key)}) to stdout;\n`;

export interface Brought {
  table: string;
  rows: number;
  /** That were not there. */
  inserted: number;
  /** There before, with another content; left as they were. At most 20 keys. */
  differing: string[][];
}

/** On the target, with what readReference printed; one transaction, idempotent. Prints one line of JSON a table: Brought. */
export function writeReference(tables: readonly { table: ReferenceTable; rows: string }[]): string {
  return `begin;
set constraints all deferred;
set local client_min_messages = warning;
${tables.map(({ table, rows }) => one(table, rows)).join("")}commit;
`;
}

function one(table: ReferenceTable, rows: string): string {
  const name = qualified(table.schema, table.name);
  const same = table.key.map((key) => `r.${ident(key)} = i.${ident(key)}`).join(" and ");
  const label = nameOf(table).replaceAll("'", "''");
  return `create temp table etage_move_incoming (like ${name});
copy etage_move_incoming (${names(table.columns)}) from stdin;
${rows.endsWith("\n") || rows === "" ? rows : `${rows}\n`}\\.
with brought as (insert into ${name} (${names(table.columns)}) overriding system value select ${names(table.columns)} from etage_move_incoming on conflict do nothing returning 1),
  other as (select jsonb_build_array(${table.key.map((key) => `i.${ident(key)}::text`).join(", ")}) as key from etage_move_incoming i left join ${name} r on ${same}
    where r is not null and row(${names(table.columns, "r.")})::text is distinct from row(${names(table.columns, "i.")})::text limit 20)
select json_build_object('table', '${label}', 'rows', (select count(*) from etage_move_incoming), 'inserted', (select count(*) from brought), 'differing', (select coalesce(json_agg(key), '[]') from other));
drop table etage_move_incoming;
`;
}

export const parseBrought = (stdout: string): Brought[] => stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Brought);
