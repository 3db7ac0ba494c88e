/** Functions in the move's schema that compare everything, a slice of keys at a time (compare.ts). Only the host's own login calls them. */
import { SAME_TEXT } from "./table-sql.ts";

/** `s`: the schema, quoted. */
export function compareFunctions(s: string): string {
  const body = (head: string, text: string): string => `create or replace function ${s}.${head} language plpgsql volatile ${SAME_TEXT} set jit = off as $etage$\n${text.trim()}\n$etage$;\nrevoke all on function ${s}.${head.replace(/ returns.*$/, "")} from public;`;
  return [
    body("slice_sum(of_table text, after jsonb, upto jsonb) returns json", `
declare
  amount bigint;
  total bigint;
begin
  execute (select t.range from ${s}.tables t where t.name = of_table) into strict amount, total using after, upto;
  return json_build_object('table', of_table, 'after', after, 'to', upto, 'rows', amount, 'sum', total::text);
end`),

    // One table after the other, from this one on, for some seconds. A table's last slice has no end, so that rows beyond
    // the source's last key are found, too.
    body("slices(from_table text, after jsonb, size int, seconds numeric, rest numeric) returns json", `
declare
  entry record;
  upto jsonb;
  start timestamptz := clock_timestamp();
  began timestamptz;
  result json[] := '{}';
begin
  for entry in select t.name, t.boundary from ${s}.tables t where t.place >= coalesce((select f.place from ${s}.tables f where f.name = from_table), 0) order by t.place loop
    loop
      if clock_timestamp() > start + make_interval(secs => seconds) then
        return json_build_object('slices', to_json(result), 'next', json_build_object('table', entry.name, 'after', after));
      end if;
      began := clock_timestamp();
      upto := null;
      execute entry.boundary into upto using after, size;
      result := result || ${s}.slice_sum(entry.name, after, upto);
      after := upto;
      exit when upto is null;
      perform pg_sleep(extract(epoch from clock_timestamp() - began) * rest);
    end loop;
  end loop;
  return json_build_object('slices', to_json(result), 'next', null);
end`),

    body("sums_of(wanted json, rest numeric) returns json", `
declare
  piece json;
  began timestamptz;
  result json[] := '{}';
begin
  for piece in select * from json_array_elements(wanted) loop
    began := clock_timestamp();
    result := result || ${s}.slice_sum(piece->>'table', nullif((piece->'after')::jsonb, 'null'), nullif((piece->'to')::jsonb, 'null'));
    perform pg_sleep(extract(epoch from clock_timestamp() - began) * rest);
  end loop;
  return to_json(result);
end`),

    body("rows_of(of_table text, after jsonb, upto jsonb) returns json", `
declare
  result json;
begin
  execute 'select coalesce(json_object_agg(key, sum), ''{}'') from (' || (select t.rows from ${s}.tables t where t.name = of_table) || ') x(key, sum)' into result using after, upto;
  return result;
end`),
  ].join("\n");
}
