/** Taking a move's objects out of a database, and finding what is left of any. Each side by itself: the other may be gone. */
import { closeAccess } from "./access.ts";
import { removeGuard } from "./guard.ts";
import { forgetIdentities, OWN_INDEX } from "./identity.ts";
import { HERE, MOVE_PREFIX, moveNames } from "./names.ts";
import { ident, literal } from "./quote.ts";

/**
 * First on both sides: nothing is carried any more. For psql, idempotent, asks nothing of the other side. A slot that the
 * other side is still reading is taken from it. `systemIdentifier`: the other side's, to find slots of tables that were
 * being copied.
 */
export function stopReplication(slug: string, systemIdentifier?: string): string {
  const { out, back } = moveNames(slug);
  const subscriptions = [out, back].map((name) => `select statement from (values (1, ${literal(`alter subscription ${ident(name)} disable`)}), (2, ${literal(`alter subscription ${ident(name)} set (slot_name = none)`)}), (3, ${literal(`drop subscription ${ident(name)}`)})) s(n, statement)
where exists (select from pg_subscription where subname = ${literal(name)} and ${HERE.subscription}) order by n \\gexec
`).join("");
  const copying = systemIdentifier === undefined ? "" : ` or slot_name like ${literal(`pg\\_%\\_sync\\_%\\_${systemIdentifier}`)}`;
  const ours = `from pg_replication_slots where ${HERE.slot} and (slot_name in (${literal(out)}, ${literal(back)})${copying})`;
  return `set client_min_messages = error;
${subscriptions}drop publication if exists ${ident(out)};
drop publication if exists ${ident(back)};
do $etage$ begin
  for attempt in 1..50 loop
    perform pg_terminate_backend(active_pid) ${ours} and active;
    begin
      perform pg_drop_replication_slot(slot_name) ${ours};
      return;
    exception when object_in_use then
      if attempt = 50 then raise; end if;
    end;
    perform pg_sleep(0.1);
  end loop;
end $etage$;
reset client_min_messages;
`;
}

/** Then: triggers, functions, tables, the login, and indexes that no other move needs. For psql, idempotent. */
export const removeObjects = (slug: string): string => `${removeGuard({ slug })}${closeAccess(slug)}${forgetIdentities()}`;

/** Something of a move that is in a database. */
export interface Leftover { kind: "schema" | "trigger" | "index" | "publication" | "subscription" | "slot" | "role"; name: string }

/** Everything of any move; one line of JSON. A slot of a table's copy has a name of PostgreSQL's own, and counts as well. */
export const leftovers = (): string => `select coalesce(json_agg(json_build_object('kind', kind, 'name', name) order by kind, name), '[]') from (
  select 'schema', nspname::text from pg_namespace where nspname like '${LIKE}'
  union all select 'trigger', tgname || ' on ' || tgrelid::regclass from pg_trigger where tgname like '${LIKE}' and not tgisinternal and tgparentid = 0
  union all select 'index', c.oid::regclass::text from pg_class c where c.relkind = 'i' and c.relname like '${LIKE}' and coalesce(obj_description(c.oid, 'pg_class'), '') like '${OWN_INDEX}%'
  union all select 'publication', pubname::text from pg_publication where pubname like '${LIKE}'
  union all select 'subscription', subname::text from pg_subscription where subname like '${LIKE}' and ${HERE.subscription}
  union all select 'slot', slot_name::text from pg_replication_slots where ${HERE.slot} and (slot_name like '${LIKE}' or slot_name ~ '^pg_[0-9]+_sync_[0-9]+_[0-9]+$')
  union all select 'role', rolname::text from pg_roles where rolname like '${LIKE}') found(kind, name);
`;

const LIKE = MOVE_PREFIX.replaceAll("_", "\\_") + "%";
