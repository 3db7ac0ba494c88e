/** Counting and removing the customer's rows on the side that it does not live on. */
import { FENCE } from "./fence.ts";
import { HERE, moveNames } from "./names.ts";
import { ident, literal, qualified } from "./quote.ts";
import { owned } from "./table-sql.ts";
import { type DataMove, nameOf } from "./tenancy.ts";

/** Prints one line of JSON: table → rows of the customer. */
export const countRows = (move: DataMove): string =>
  `select json_build_object(${move.tables.map((table) => `${literal(nameOf(table))}, (select count(*) from ${qualified(table.schema, table.name)} r where ${owned(table, move.key)})`).join(", ")});\n`;

/** Rows in one transaction. */
const BATCH = 5000;

/** Fails while the customer may write here, and while anything of the move still carries changes to the other side: what is removed here would go there as well. */
export function mustBeLeft(slug: string): string {
  const { schema, out, back } = moveNames(slug);
  const fence = `${ident(schema)}.fence`;
  const both = `(${literal(out)}, ${literal(back)})`;
  return `do $etage$ begin
  if to_regclass(${literal(fence)}) is null then raise exception 'there is no fence of the customer % here', ${literal(slug)}; end if;
  if pg_sequence_last_value(${literal(fence)}::regclass) not in (${FENCE.closed}, ${FENCE.left}) then raise exception 'the customer % may write here; its rows stay', ${literal(slug)}; end if;
  if exists (select from pg_publication where pubname in ${both}) or exists (select from pg_subscription where subname in ${both} and ${HERE.subscription}) or exists (select from pg_replication_slots where slot_name in ${both} and ${HERE.slot}) then
    raise exception 'changes are still carried to the other side; its rows would be removed, too';
  end if;
end $etage$;
`;
}

/**
 * For psql, outside of a transaction; what was removed stays so when it is killed, and the next run goes on. Refuses
 * as mustBeLeft does. Foreign keys hold at each moment: rows go in their order. Rests after each
 * batch for `rest` times as long as it took. Prints one line of JSON a table: {"table","removed"}.
 */
export function removeRows(move: DataMove, rest = 1): string {
  return `${mustBeLeft(move.slug)}set session_replication_role = replica;
create function pg_temp.removed(of_table text, condition text) returns bigint language plpgsql as $etage$
declare
  part regclass;
  step bigint;
  total bigint := 0;
begin
  -- A row's place is one within a partition only.
  for part in select relid from pg_partition_tree(of_table::regclass) where isleaf union select of_table::regclass where (select relkind from pg_class where oid = of_table::regclass) = 'r' loop
    execute format('delete from %s where ctid = any(array(select r.ctid from %s r where %s limit ${BATCH}))', part, part, condition);
    get diagnostics step = row_count;
    total := total + step;
    exit when total > 0;
  end loop;
  return total;
end $etage$;
create procedure pg_temp.remove(of_table text, condition text) language plpgsql as $etage$
declare
  began timestamptz;
  step bigint;
  total bigint := 0;
begin
  loop
    began := clock_timestamp();
    step := pg_temp.removed(of_table, condition);
    commit;
    exit when step = 0;
    total := total + step;
    perform pg_sleep(extract(epoch from clock_timestamp() - began) * ${rest});
  end loop;
  perform set_config('etage_move.removed', total::text, false);
end $etage$;
${[...move.tables].reverse().map((table) => `call pg_temp.remove(${literal(qualified(table.schema, table.name))}, ${literal(owned(table, move.key))});
select json_build_object('table', ${literal(nameOf(table))}, 'removed', current_setting('etage_move.removed')::bigint);
`).join("")}reset session_replication_role;
`;
}
