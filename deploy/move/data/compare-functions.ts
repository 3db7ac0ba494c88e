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
  return json_build_object('after', after, 'to', upto, 'rows', amount, 'sum', total::text);
end`),

    // The last slice has no end, so that rows beyond the source's last key are found, too.
    body("slices(of_table text, after jsonb, size int, most int, rest numeric) returns json", `
declare
  query text := (select t.boundary from ${s}.tables t where t.name = of_table);
  upto jsonb;
  began timestamptz;
  result json[] := '{}';
begin
  for nth in 1..most loop
    began := clock_timestamp();
    upto := null;
    execute query into upto using after, size;
    result := result || ${s}.slice_sum(of_table, after, upto);
    exit when upto is null;
    after := upto;
    perform pg_sleep(extract(epoch from clock_timestamp() - began) * rest);
  end loop;
  return to_json(result);
end`),

    body("sums_of(of_table text, wanted json, rest numeric) returns json", `
declare
  piece json;
  began timestamptz;
  result json[] := '{}';
begin
  for piece in select * from json_array_elements(wanted) loop
    began := clock_timestamp();
    result := result || ${s}.slice_sum(of_table, nullif((piece->'after')::jsonb, 'null'), nullif((piece->'to')::jsonb, 'null'));
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
