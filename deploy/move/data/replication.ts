/** Publications and subscriptions, in both directions, and how far they are. */
import { HERE, moveNames } from "./names.ts";
import { ident, literal, qualified } from "./quote.ts";
import { owned } from "./table-sql.ts";
import type { DataMove } from "./tenancy.ts";

/** `out`: from the shared host to the customer's own; `back`: the other way. */
export type Direction = "out" | "back";

/** On the side that changes come from. No TRUNCATE: it knows no rows, so no filter holds it. Idempotent. */
export function publish(move: DataMove, direction: Direction): string {
  const names = moveNames(move.slug);
  const publication = names[direction];
  const tables = [
    ...move.tables.map((table) => `${qualified(table.schema, table.name)}${table.column === null ? "" : ` where (${owned(table, move.key, ident(table.name))})`}`),
    `${ident(names.schema)}.marker`,
  ];
  return `do $etage$ begin
  if not exists (select from pg_publication where pubname = ${literal(publication)}) then
    create publication ${ident(publication)} for table ${tables.join(", ")} with (publish = 'insert, update, delete', publish_via_partition_root = true);
  end if;
end $etage$;
`;
}

/**
 * On the side that changes go to; for psql. `connection` as connectionString makes it. `copy`: what is there already comes
 * first, else only what follows. Only what has no origin is sent,
 * so that both directions can be open at once. Out of row-level security's way: rows are written as the subscription's owner.
 */
export function subscribe(slug: string, direction: Direction, connection: string, copy: boolean): string {
  const subscription = ident(moveNames(slug)[direction]);
  return `set client_min_messages = error;
select not exists (select from pg_subscription where subname = ${literal(moveNames(slug)[direction])} and ${HERE.subscription}) as missing \\gset
\\if :missing
create subscription ${subscription} connection ${literal(connection)} publication ${subscription}
  with (copy_data = ${copy}, origin = none, streaming = off, run_as_owner = true);
\\endif
`;
}

/** Follows the other side to another address, or over another tunnel. */
export const reconnect = (slug: string, direction: Direction, connection: string): string => `alter subscription ${ident(moveNames(slug)[direction])} connection ${literal(connection)};\n${forgetFailures(slug, direction)}`;

/** PostgreSQL adds up what failed since the subscription was made; from here on only what comes counts. Nothing where there is none. */
export const forgetFailures = (slug: string, direction: Direction): string =>
  `select pg_stat_reset_subscription_stats(oid) from pg_subscription where subname = ${literal(moveNames(slug)[direction])} and ${HERE.subscription} \\g /dev/null\n`;

/** A slot whose subscription was never written down: CREATE SUBSCRIPTION died between the two. On the side that changes come from. */
export const dropOrphanedSlot = (slug: string, direction: Direction): string =>
  `select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ${literal(moveNames(slug)[direction])} and ${HERE.slot} and not active \\g /dev/null
`;

export const isSubscribed = (slug: string, direction: Direction): string => `select to_json(exists (select from pg_subscription where subname = ${literal(moveNames(slug)[direction])} and ${HERE.subscription}));\n`;

/** What the receiving side says. */
export interface Receiving {
  /** False while the worker that receives is not there: it is tried again every few seconds. */
  running: boolean;
  tables: { table: string; state: "waiting" | "copying" | "catching up" | "following"; /** Copied so far. */ bytes: number; rows: number }[];
  /** Failed tries so far. */
  errors: { apply: number; copy: number };
  /** Changes that met a row which was not as expected, by kind. */
  conflicts: Record<string, number>;
}

/** One line of JSON; `null` without subscription. */
export const receiving = (slug: string, direction: Direction): string => `select (select json_build_object(
  'running', exists (select from pg_stat_subscription w where w.subid = s.oid and w.worker_type = 'apply' and w.pid is not null),
  'tables', (select coalesce(json_agg(json_build_object('table', n.nspname || '.' || c.relname,
      'state', case r.srsubstate when 'i' then 'waiting' when 'd' then 'copying' when 'r' then 'following' else 'catching up' end,
      'bytes', coalesce(p.bytes_processed, 0), 'rows', coalesce(p.tuples_processed, 0)) order by n.nspname, c.relname), '[]')
    from pg_subscription_rel r join pg_class c on c.oid = r.srrelid join pg_namespace n on n.oid = c.relnamespace left join pg_stat_progress_copy p on p.relid = r.srrelid and p.command = 'COPY FROM' where r.srsubid = s.oid),
  'errors', json_build_object('apply', t.apply_error_count, 'copy', t.sync_error_count),
  'conflicts', (select coalesce(json_object_agg(key, value), '{}') from jsonb_each(to_jsonb(t)) where key like 'confl_%' and value <> '0'))
  from pg_subscription s join pg_stat_subscription_stats t on t.subid = s.oid where s.subname = ${literal(moveNames(slug)[direction])} and s.${HERE.subscription});
`;

/** What the sending side says. */
export interface Sending {
  active: boolean;
  /** Bytes of WAL that the other side has not confirmed. */
  lag: number;
  /** reserved, extended, unreserved, lost: from `unreserved` on, changes may be gone before they are sent. */
  wal: string;
  /** Bytes of WAL that may still be written before that; null without bound. */
  room: number | null;
}

/** One line of JSON; `null` without slot. */
export const sending = (slug: string, direction: Direction): string => `select (select json_build_object('active', active, 'lag', coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::bigint, 'wal', wal_status, 'room', safe_wal_size)
  from pg_replication_slots where slot_name = ${literal(moveNames(slug)[direction])} and ${HERE.slot});
`;

/** Statistics for the planner after the first copy. */
export const analyze = ({ tables }: DataMove): string => tables.map((table) => `vacuum (analyze) ${qualified(table.schema, table.name)};\n`).join("");
