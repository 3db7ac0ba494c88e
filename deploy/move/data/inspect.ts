/** One look at a database's catalogue: one message, one line of JSON. Reads only. */
import type { Inventory } from "./inventory.ts";
import { HERE, MOVE_PREFIX } from "./names.ts";
import { ident, literal } from "./quote.ts";
import { fullName, type Tenancy } from "./tenancy.ts";

/** Objects of users: not the server's, not an extension's, not a move's. */
const OURS = (schema: string): string => `${schema} !~ '^(pg_|information_schema$)' and ${schema} not like '${MOVE_PREFIX}%'`;
const NO_EXTENSION = (catalogue: string, oid: string): string =>
  `not exists (select from pg_depend e where e.classid = '${catalogue}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;

const NAMES = (relation: string, numbers: string): string =>
  `(select coalesce(json_agg(a.attname order by u.n), '[]') from unnest(${numbers}::int2[]) with ordinality u(attnum, n) join pg_attribute a on a.attrelid = ${relation} and a.attnum = u.attnum)`;

const COLUMNS = `(select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull, 'generated', a.attgenerated <> '',
    'builtIn', a.atttypid < 16384, 'collated', a.attcollation <> 0, 'largeObject', t.typname in ('oid', 'lo')) order by a.attnum), '[]')
  from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)`;

const UNIQUE = `(select coalesce(json_agg(json_build_object('name', x.relname, 'primary', i.indisprimary, 'columns', ${NAMES("c.oid", "(i.indkey::int2[])[0:i.indnkeyatts - 1]")},
    'plain', i.indisvalid and i.indimmediate and i.indexprs is null and i.indpred is null and not i.indnullsnotdistinct) order by i.indisprimary desc, x.relname), '[]')
  from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and i.indisunique)`;

const REPLICA_IDENTITY = `case c.relreplident when 'f' then to_json('full'::text) when 'n' then null else
  (select ${NAMES("c.oid", "(i.indkey::int2[])[0:i.indnkeyatts - 1]")} from pg_index i where i.indrelid = c.oid and i.indisvalid and i.indimmediate
    and case c.relreplident when 'd' then i.indisprimary else i.indisreplident end) end`;

const TABLES = `(select coalesce(json_agg(json_build_object(
    'table', n.nspname || '.' || c.relname, 'schema', n.nspname, 'name', c.relname,
    'kind', case c.relkind when 'r' then 'table' when 'p' then 'partitioned' else 'foreign' end,
    'partitionOf', case when c.relispartition then (select rn.nspname || '.' || r.relname from pg_class r join pg_namespace rn on rn.oid = r.relnamespace where r.oid = pg_partition_root(c.oid)) end,
    'inherits', not c.relispartition and exists (select from pg_inherits h where h.inhrelid = c.oid or (h.inhparent = c.oid and c.relkind = 'r')),
    'unlogged', c.relpersistence = 'u', 'rowSecurity', c.relrowsecurity,
    'columns', ${COLUMNS}, 'unique', ${UNIQUE}, 'replicaIdentity', ${REPLICA_IDENTITY},
    'replicaTriggers', (select coalesce(json_agg(g.tgname order by g.tgname), '[]') from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled in ('R', 'A')),
    'bytes', pg_total_relation_size(c.oid), 'rows', greatest(c.reltuples, 0)::bigint) order by n.nspname, c.relname), '[]')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't' and ${OURS("n.nspname")} and ${NO_EXTENSION("pg_class", "c.oid")})`;

const FOREIGN_KEYS = `(select coalesce(json_agg(json_build_object('name', k.conname, 'table', n.nspname || '.' || c.relname, 'references', fn.nspname || '.' || f.relname, 'deferrable', k.condeferrable) order by n.nspname, c.relname, k.conname), '[]')
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
  where k.contype = 'f' and k.conparentid = 0 and ${OURS("n.nspname")})`;

/** An identity's sequence belongs to its column (i), a serial's too (a); any other is used by a default that depends on it. */
const SEQUENCES = `(select coalesce(json_agg(json_build_object('sequence', n.nspname || '.' || c.relname, 'schema', n.nspname, 'name', c.relname, 'type', format_type(s.seqtypid, null),
    'last', coalesce(pg_sequence_last_value(c.oid), 0)::text, 'cycles', s.seqcycle, 'increment', s.seqincrement::text,
    'uses', (select coalesce(json_agg(distinct jsonb_build_object('table', u.schema || '.' || u.name, 'column', u.attname)), '[]') from (
      select tn.nspname as schema, t.relname as name, a.attname from pg_depend d join pg_class t on t.oid = d.refobjid join pg_namespace tn on tn.oid = t.relnamespace
        join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
      union select tn.nspname, t.relname, a.attname from pg_depend d join pg_attrdef f on f.oid = d.objid join pg_class t on t.oid = f.adrelid join pg_namespace tn on tn.oid = t.relnamespace
        join pg_attribute a on a.attrelid = t.oid and a.attnum = f.adnum where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid) u)
    ) order by n.nspname, c.relname), '[]')
  from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace where ${OURS("n.nspname")} and ${NO_EXTENSION("pg_class", "c.oid")})`;

const LIST = (select: string): string => `(select coalesce(json_agg(${select})`;

/** The planner's estimate; a table or column that is not there gives null, for judge.ts to say so. */
const ESTIMATE = `create function pg_temp.estimate(query text) returns json language plpgsql as $$
declare plan json;
begin
  execute 'explain (format json) ' || query into plan;
  return json_build_object('rows', (plan->0->'Plan'->>'Plan Rows')::bigint, 'bytes', ((plan->0->'Plan'->>'Plan Rows')::bigint * (plan->0->'Plan'->>'Plan Width')::bigint));
exception when undefined_table or undefined_column or invalid_text_representation or undefined_function then
  return null;
end $$;`;

/** Prints one line that parseInventory reads. */
export function inspect(tenancy: Tenancy): string {
  const estimates = tenancy.rows.map(({ table, column }) => {
    const [schema, name] = splitName(fullName(table));
    const query = `select r from ${ident(schema)}.${ident(name)} r where r.${ident(column)} = ${literal(String(tenancy.key))}`;
    return `${literal(fullName(table))}, pg_temp.estimate(${literal(query)})`;
  });
  // Without a path, types of users are written with their schema.
  return `set search_path = pg_catalog;
${ESTIMATE}
select json_build_object(
  'server', json_build_object('version', current_setting('server_version_num')::int, 'systemIdentifier', (select system_identifier::text from pg_control_system()),
    'walLevel', current_setting('wal_level'), 'superuser', (select rolsuper from pg_roles where rolname = current_user),
    'encoding', (select pg_encoding_to_char(encoding) from pg_database where datname = current_database()),
    'collation', (select concat_ws(' ', datlocprovider, datcollate, datlocale) from pg_database where datname = current_database()),
    'slots', json_build_object('used', (select count(*) from pg_replication_slots), 'limit', current_setting('max_replication_slots')::int),
    'senders', json_build_object('used', (select count(*) from pg_stat_replication), 'limit', current_setting('max_wal_senders')::int),
    'slotKeepMegabytes', (select setting::int from pg_settings where name = 'max_slot_wal_keep_size')),
  'database', current_database(), 'bytes', pg_database_size(current_database()),
  'extensions', (select json_object_agg(extname, extversion) from pg_extension),
  'available', (select json_object_agg(name, default_version) from pg_available_extensions),
  'tables', ${TABLES},
  'foreignKeys', ${FOREIGN_KEYS},
  'sequences', ${SEQUENCES},
  'largeObjects', (select count(*) from pg_largeobject_metadata),
  'materializedViews', ${LIST("schemaname || '.' || matviewname order by 1")}, '[]') from pg_matviews where ${OURS("schemaname")}),
  'publications', ${LIST("pubname order by pubname")}, '[]') from pg_publication),
  'subscriptions', ${LIST("subname order by subname")}, '[]') from pg_subscription where ${HERE.subscription}),
  'estimates', json_build_object(${estimates.join(", ")}))::jsonb::text;
`;
}

export const parseInventory = (stdout: string): Inventory => JSON.parse(stdout.trim()) as Inventory;

function splitName(table: string): [string, string] {
  const at = table.indexOf(".");
  return [table.slice(0, at), table.slice(at + 1)];
}
