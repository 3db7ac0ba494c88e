/** The schema as lines of text, so that a change in the middle of a move is noticed and named. */
import { MOVE_PREFIX } from "./names.ts";

const SKIP = `n.nspname !~ '^(pg_|information_schema$)' and n.nspname not like '${MOVE_PREFIX}%'`;
const NO_EXTENSION = (catalogue: string, oid: string): string => `not exists (select from pg_depend e where e.classid = '${catalogue}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;

/**
 * One row an object: what it is, how it is made. Owners, rights, the order of columns and replica identities do not count:
 * they differ between hosts without harm; nor do the move's own objects. Needs `search_path = pg_catalog`, else names come without schema.
 */
export const SCHEMA_LINES = `
select 'table ' || c.oid::regclass, concat_ws(' ', c.relkind::text, c.relpersistence::text, case when c.relrowsecurity then 'rls' end, case when c.relforcerowsecurity then 'forced' end, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid))
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'f') and ${SKIP} and ${NO_EXTENSION("pg_class", "c.oid")}
union all select 'column ' || c.oid::regclass || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end, a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid), nullif(a.attcollation, t.typcollation)::regcollation::text)
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relkind in ('r', 'p', 'f') and a.attnum > 0 and not a.attisdropped and ${SKIP} and ${NO_EXTENSION("pg_class", "c.oid")}
union all select 'constraint ' || k.conname || ' on ' || k.conrelid::regclass, pg_get_constraintdef(k.oid) || case when k.convalidated then '' else ' not valid' end
  from pg_constraint k join pg_namespace n on n.oid = k.connamespace where k.conrelid <> 0 and k.contype <> 'n' and k.contype <> 't' and ${SKIP}
union all select 'index ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where c.relname not like '${MOVE_PREFIX}%' and ${SKIP} and ${NO_EXTENSION("pg_class", "i.indrelid")}
union all select 'trigger ' || g.tgname || ' on ' || g.tgrelid::regclass, pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text
  from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace where not g.tgisinternal and g.tgname not like '${MOVE_PREFIX}%' and ${SKIP}
union all select 'policy ' || p.polname || ' on ' || p.polrelid::regclass, concat_ws(' ', p.polcmd::text, p.polpermissive::text, (select string_agg(r.rolname, ',' order by r.rolname) from pg_roles r where r.oid = any(p.polroles)), pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where ${SKIP}
union all select 'type ' || t.oid::regtype, concat_ws(' ', t.typtype::text, (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), nullif(format_type(t.typbasetype, t.typtypmod), '-'))
  from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype in ('e', 'd') and ${SKIP} and ${NO_EXTENSION("pg_type", "t.oid")}
union all select 'function ' || p.oid::regprocedure, md5(concat_ws(' ', p.prosrc, pg_get_function_result(p.oid), p.provolatile::text, p.prosecdef::text, p.proconfig::text, pg_get_function_sqlbody(p.oid)))
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${SKIP} and ${NO_EXTENSION("pg_proc", "p.oid")}
union all select 'view ' || c.oid::regclass, md5(pg_get_viewdef(c.oid))
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and ${SKIP} and ${NO_EXTENSION("pg_class", "c.oid")}
union all select 'sequence ' || c.oid::regclass, concat_ws(' ', format_type(s.seqtypid, null), s.seqincrement, s.seqmin, s.seqmax, s.seqcycle)
  from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace where ${SKIP} and ${NO_EXTENSION("pg_class", "c.oid")}
union all select 'extension ' || extname, '' from pg_extension`;

/** Prints one line of JSON: object → how it is made. */
export const readSchema = (): string => `set search_path = pg_catalog;\nselect coalesce(jsonb_object_agg(object, definition), '{}')::text from (${SCHEMA_LINES}) lines(object, definition);\n`;

export type Schema = Record<string, string>;

export const parseSchema = (stdout: string): Schema => JSON.parse(stdout.trim()) as Schema;

/** One sentence part an object that is not the same on both sides. */
export function schemaDifferences(source: Schema, target: Schema): string[] {
  return [...new Set([...Object.keys(source), ...Object.keys(target)])].sort().flatMap((object) => {
    const [one, other] = [source[object], target[object]];
    if (one === other) return [];
    if (other === undefined) return [`${object} is missing on the target`];
    if (one === undefined) return [`${object} is on the target only`];
    return [`${object} is ${JSON.stringify(one)} on the source and ${JSON.stringify(other)} on the target`];
  });
}
