/**
 * What both sides get for the time of a move: a schema with the fence, the log of changed rows, markers, and triggers on
 * the customer's rows. The fence is a sequence: its value is seen at once by every transaction, also by one that began
 * before (a row would be invisible to it), and it needs no lock to be read.
 */
import { compareFunctions } from "./compare-functions.ts";
import { FENCE, REFUSED } from "./fence.ts";
import { SCHEMA_LINES } from "./fingerprint.ts";
import { functions } from "./marker.ts";
import { moveNames } from "./names.ts";
import { patiently } from "./patience.ts";
import { ident, literal, qualified } from "./quote.ts";
import { keyJson, owned, SAME_TEXT, tableQueries } from "./table-sql.ts";
import { type DataMove, type MovedTable, nameOf } from "./tenancy.ts";

/** Idempotent, one transaction. `fence`: where it stands when it is made; it stays as it is when it was there. */
export function installGuard(move: DataMove, fence: "open" | "closed" | "left"): string {
  const { schema, role } = moveNames(move.slug);
  const s = ident(schema);
  const lock = lockOf(schema);
  const tables = move.tables.map((table, at) => {
    const { byKey, boundary, range, rows } = tableQueries(table, move.key);
    return `(${at}, ${[nameOf(table), byKey, boundary, range, rows].map(literal).join(", ")})`;
  });
  return `begin;
set local client_min_messages = warning;
create schema if not exists ${s};
comment on schema ${s} is ${literal(`A customer moves: ${move.slug}. deploy move status ${move.slug}`)};
create sequence if not exists ${s}.fence minvalue 1 maxvalue 4;
select setval(${literal(`${s}.fence`)}, ${FENCE[fence]}) where not (select is_called from ${s}.fence) \\g /dev/null
create table if not exists ${s}.dirty (name text not null, key jsonb not null);
create table if not exists ${s}.differing (name text not null, key jsonb not null, primary key (name, key));
create table if not exists ${s}.marker (mark bigint primary key, sums jsonb not null);
create table if not exists ${s}.tables (place int not null, name text primary key, by_key text not null, boundary text not null, range text not null, rows text not null);
delete from ${s}.tables;
${tables.length > 0 ? `insert into ${s}.tables values ${tables.join(",\n")};` : ""}
create or replace function ${s}.schema_lines() returns table (object text, definition text) language sql stable set search_path = pg_catalog as $etage$ ${SCHEMA_LINES} $etage$;
${functions(moveNames(move.slug), lock)}
${compareFunctions(s)}
${move.tables.map((table, at) => guardFunction(move, table, at, s, lock)).join("\n")}
create or replace function ${s}.no_truncate() returns trigger language plpgsql as $etage$
begin
  raise exception 'TRUNCATE of % is refused while the customer % moves', tg_table_name, ${literal(move.slug)} using errcode = '${REFUSED}';
end $etage$;
do $etage$ begin
  if exists (select from pg_roles where rolname = ${literal(role)}) then grant usage on schema ${s} to ${ident(role)}; grant select on ${s}.marker to ${ident(role)}; end if;
end $etage$;
commit;
${move.tables.flatMap((table, at) => triggers(move, table, at, s)).join("")}`;
}

/** Transactions that write the customer's rows hold it shared, until they end. */
const lockOf = (schema: string): string => `hashtextextended(${literal(schema)}, 0)`;

/** Keys of these types print alike in every session. */
const STEADY = /^(bigint|integer|smallint|uuid|text|character varying.*)$/;

function guardFunction(move: DataMove, table: MovedTable, at: number, s: string, lock: string): string {
  const note = (row: "old" | "new"): string => `insert into ${s}.dirty values (${literal(nameOf(table))}, ${keyJson(table, row)});`;
  const settings = table.key.every(({ type }) => STEADY.test(type)) ? "set search_path = pg_catalog, pg_temp" : SAME_TEXT;
  return `create or replace function ${s}.guard_${at}() returns trigger language plpgsql security definer ${settings} as $etage$
declare
  state bigint;
begin
  perform pg_advisory_xact_lock_shared(${lock});
  state := pg_sequence_last_value(${literal(`${s}.fence`)}::regclass);
  if state in (${FENCE.closed}, ${FENCE.left}) then
    raise exception 'the customer % is served by another host', ${literal(move.slug)} using errcode = '${REFUSED}';
  end if;
  if state = ${FENCE.noting} then
    if tg_op <> 'INSERT' then ${note("old")} end if;
    if tg_op = 'INSERT' then ${note("new")}
    elsif tg_op = 'UPDATE' then
      if ${keyJson(table, "new")} <> ${keyJson(table, "old")} then ${note("new")} end if;
    end if;
  end if;
  return null;
end $etage$;`;
}

/** After the row, so that what other triggers made of it is noted. On a partitioned table they reach every partition. */
function triggers(move: DataMove, table: MovedTable, at: number, s: string): string[] {
  const { prefix } = moveNames(move.slug);
  const name = qualified(table.schema, table.name);
  const when = (...rows: string[]): string => (table.column === null ? "" : `when (${rows.map((row) => owned(table, move.key, row)).join(" or ")}) `);
  const each = (suffix: string, event: string, condition: string): string =>
    patiently(`create or replace trigger ${ident(`${prefix}_${suffix}`)} after ${event} on ${name} for each row ${condition}execute function ${s}.guard_${at}()`);
  return [
    each("insert", "insert", when("new")), each("update", "update", when("old", "new")), each("delete", "delete", when("old")),
    patiently(`create or replace trigger ${ident(`${prefix}_truncate`)} before truncate on ${name} for each statement execute function ${s}.no_truncate()`),
  ];
}

/** Triggers first and one table after the other, so that no lock is waited for while another is held. Idempotent. */
export function removeGuard(move: Pick<DataMove, "slug">): string {
  const { prefix, schema } = moveNames(move.slug);
  return `select format('do $body$ begin for attempt in 1..150 loop begin set local lock_timeout = ''100ms''; execute %L; return; exception when lock_not_available then if attempt = 150 then raise; end if; end; perform pg_sleep(0.1); end loop; end $body$',
  format('drop trigger if exists %I on %I.%I', g.tgname, n.nspname, c.relname))
from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
where g.tgname in (${["insert", "update", "delete", "truncate"].map((suffix) => literal(`${prefix}_${suffix}`)).join(", ")}) and not g.tgisinternal and g.tgparentid = 0 order by n.nspname, c.relname, g.tgname \\gexec
set client_min_messages = warning;
drop schema if exists ${ident(schema)} cascade;
reset client_min_messages;
`;
}
