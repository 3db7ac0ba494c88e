/**
 * Functions in the move's schema that the flip calls (flip-statements.ts says what they print). A marker is a row that
 * follows the customer's changes through the replication, in the order of commits; it brings keys and checksums of what
 * changed along, so that the other side compares without another round trip.
 */
import { FENCE } from "./fence.ts";
import { HERE, type MoveNames } from "./names.ts";
import { ident, literal } from "./quote.ts";
import { SAME_TEXT } from "./table-sql.ts";

/** Most keys that one tick takes; a seal takes all. */
const TICK = 5000;

/** What the other host's login may call. */
const FOR_THE_FLIP = ["ready()", "tick(bigint)", "check_marker(bigint, int)", "await_marker(bigint, int)", "seal(bigint, int)", "settle(bigint)", "unseal()", "close()", "leave()"];

export function functions({ schema, role, out, back }: MoveNames, lock: string): string {
  const s = ident(schema);
  const fence = `${literal(`${s}.fence`)}::regclass`;
  const body = (head: string, text: string, settings = "set search_path = pg_catalog, pg_temp"): string => `create or replace function ${s}.${head} language plpgsql volatile security definer ${settings} as $etage$\n${text.trim()}\n$etage$;`;
  const milliseconds = (since: string): string => `round(extract(epoch from clock_timestamp() - ${since}) * 1000, 1)`;
  return [
    // Few keys among many rows: by index, whatever the planner believes of a JSON list's length.
    body("sums(wanted jsonb) returns jsonb", `
declare
  entry record;
  part jsonb;
  result jsonb := '{}';
begin
  for entry in select t.name, t.by_key from ${s}.tables t where wanted ? t.name loop
    execute entry.by_key into part using wanted->entry.name;
    result := result || jsonb_build_object(entry.name, part);
  end loop;
  return result;
end`, `${SAME_TEXT} set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off set jit = off`),

    // What commits between the two statements stays in the log, and is compared the next time.
    body("put_marker(new_mark bigint, most int) returns int", `
declare
  wanted jsonb;
  amount int;
begin
  with gone as (delete from ${s}.dirty d where d.ctid = any(array(select p.ctid from ${s}.dirty p limit most)) returning d.name, d.key),
    lists as (select g.name, jsonb_agg(distinct g.key) as keys from gone g group by g.name)
  select coalesce(jsonb_object_agg(l.name, l.keys), '{}'), coalesce(sum(jsonb_array_length(l.keys)), 0) into wanted, amount from lists l;
  insert into ${s}.marker values (new_mark, ${s}.sums(wanted));
  return amount;
end`),

    body("tick(new_mark bigint) returns json", `
declare
  amount int := ${s}.put_marker(new_mark, ${TICK});
begin
  return json_build_object('mark', new_mark, 'keys', amount, 'left', (select count(*) from ${s}.dirty));
end`),

    body("seal(new_mark bigint, patience int) returns json", `
declare
  began timestamptz := clock_timestamp();
  waited numeric;
  amount int;
begin
  if pg_sequence_last_value(${fence}) = ${FENCE.left} then raise exception 'the customer does not live here'; end if;
  perform set_config('lock_timeout', greatest(patience, 1) || 'ms', true);
  perform pg_advisory_xact_lock(${lock});
  waited := ${milliseconds("began")};
  amount := ${s}.put_marker(new_mark, null);
  -- Last, since it is not undone when this transaction fails; writers wait for the lock until it ends.
  perform setval(${fence}, ${FENCE.closed});
  return json_build_object('mark', new_mark, 'keys', amount, 'waited', waited, 'milliseconds', ${milliseconds("began")});
end`),

    body("unseal() returns json", `
begin
  if pg_sequence_last_value(${fence}) = ${FENCE.left} then raise exception 'the customer is served by the other side; what it wrote there would be lost' using errcode = '55000'; end if;
  perform setval(${fence}, ${FENCE.noting});
  return json_build_object('fence', 'noting');
end`),

    body("close() returns json", `
begin
  perform setval(${fence}, ${FENCE.closed});
  return json_build_object('fence', 'closed');
end`),

    body("leave() returns json", `
begin
  if pg_sequence_last_value(${fence}) not in (${FENCE.closed}, ${FENCE.left}) then raise exception 'only a sealed side can be left' using errcode = '55000'; end if;
  perform setval(${fence}, ${FENCE.left});
  return json_build_object('fence', 'left');
end`),

    // Changes before this moment are in the tables for everybody to see, those after it are in the log: then compare everything.
    body("note(patience int) returns json", `
begin
  if pg_sequence_last_value(${fence}) not in (${FENCE.open}, ${FENCE.noting}) then raise exception 'the customer cannot write here' using errcode = '55000'; end if;
  perform setval(${fence}, ${FENCE.noting});
  perform set_config('lock_timeout', patience || 'ms', true);
  perform pg_advisory_xact_lock(${lock});
  return json_build_object('fence', 'noting');
end`),

    // Looks every millisecond: a function cannot listen, and each look has a snapshot of its own. -1: did not come.
    body("await_marker(wanted_mark bigint, patience int) returns numeric", `
declare
  began timestamptz := clock_timestamp();
begin
  loop
    exit when exists (select from ${s}.marker m where m.mark = wanted_mark);
    if clock_timestamp() > began + make_interval(secs => patience / 1000.0) then
      perform set_config('etage_move.waited', null, false);
      return -1;
    end if;
    perform pg_sleep(0.001);
  end loop;
  perform set_config('etage_move.waited', ${milliseconds("began")}::text, false);
  return current_setting('etage_move.waited')::numeric;
end`),

    // Rows that are not alike, of those that a marker has brought; with them, whether each was found alike.
    body("compare_marker(wanted_mark bigint) returns table (name text, key jsonb, same boolean)", `
declare
  theirs jsonb := (select m.sums from ${s}.marker m where m.mark = wanted_mark);
  ours jsonb := ${s}.sums((select coalesce(jsonb_object_agg(t.name, (select coalesce(jsonb_agg(k::jsonb), '[]') from jsonb_object_keys(t.sums) k)), '{}') from jsonb_each(theirs) t(name, sums)));
begin
  return query select t.name, k.key::jsonb, (ours->t.name->k.key) is not distinct from k.sum from jsonb_each(theirs) t(name, sums) cross join lateral jsonb_each(t.sums) k(key, sum);
end`),

    body("check_marker(wanted_mark bigint, patience int) returns json", `
declare
  waited numeric := ${s}.await_marker(wanted_mark, patience);
  began timestamptz := clock_timestamp();
  amount int;
begin
  if waited < 0 then return json_build_object('mark', wanted_mark, 'arrived', false, 'keys', null, 'differing', null); end if;
  with compared as materialized (select c.name, c.key, c.same from ${s}.compare_marker(wanted_mark) c),
    alike as (delete from ${s}.differing d using compared c where c.same and d.name = c.name and d.key = c.key),
    other as (insert into ${s}.differing select distinct c.name, c.key from compared c where not c.same on conflict do nothing)
  select count(*) into amount from compared;
  return json_build_object('mark', wanted_mark, 'arrived', true, 'keys', amount, 'differing', (select count(*) from ${s}.differing), 'waited', waited, 'compared', ${milliseconds("began")});
end`),

    // Within the snapshot that everything is compared on afterwards.
    body("settle(wanted_mark bigint) returns json", `
declare
  began timestamptz := clock_timestamp();
  waited numeric := nullif(current_setting('etage_move.waited', true), '')::numeric;
  arrived boolean := exists (select from ${s}.marker m where m.mark = wanted_mark);
  amount int := 0;
  others json := '[]';
begin
  if arrived then
    with compared as materialized (select c.name, c.key, c.same from ${s}.compare_marker(wanted_mark) c),
      open as (select c.name, c.key from compared c where not c.same
        union select d.name, d.key from ${s}.differing d where not exists (select from compared c where c.same and c.name = d.name and c.key = d.key)),
      first as (select * from open limit 20)
    select (select count(*) from compared), (select coalesce(json_agg(json_build_object('table', f.name, 'key', f.key)), '[]') from first f) into amount, others;
    if json_array_length(others) = 0 then perform setval(${fence}, ${FENCE.open}); end if;
  end if;
  return json_build_object('mark', wanted_mark, 'arrived', arrived, 'equal', arrived and json_array_length(others) = 0, 'keys', amount, 'differing', others,
    'waited', waited, 'compared', ${milliseconds("began")}, 'snapshot', case when arrived then pg_export_snapshot() end);
end`),

    body("ready() returns json", `
begin
  return json_build_object(
    'fence', (array['open', 'closed', 'noting', 'left'])[pg_sequence_last_value(${fence})],
    'schema', (select md5(string_agg(l.object || ' ' || l.definition, chr(10) order by l.object collate "C", l.definition collate "C")) from ${s}.schema_lines() l),
    'differing', (select count(*) from ${s}.differing), 'dirty', (select count(*) from ${s}.dirty),
    'lag', (select max(pg_wal_lsn_diff(pg_current_wal_lsn(), p.confirmed_flush_lsn))::bigint from pg_replication_slots p where p.slot_name in (${literal(out)}, ${literal(back)}) and p.${HERE.slot}),
    'errors', (select coalesce(sum(t.apply_error_count + t.sync_error_count), 0) from pg_stat_subscription_stats t join pg_subscription s on s.oid = t.subid where s.subname in (${literal(out)}, ${literal(back)}) and s.${HERE.subscription}));
end`),

    ...FOR_THE_FLIP.map((head) => `revoke all on function ${s}.${head} from public;
do $etage$ begin if exists (select from pg_roles where rolname = ${literal(role)}) then grant execute on function ${s}.${head} to ${ident(role)}; end if; end $etage$;`),
  ].join("\n");
}
