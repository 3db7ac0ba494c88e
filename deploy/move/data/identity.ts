/**
 * Replica identities. A publication's row filter may use only columns of it: without the customer's column in it, every
 * UPDATE and DELETE in that table fails, of every customer, from the moment the publication exists.
 */
import { createHash } from "node:crypto";
import type { Table, UniqueIndex } from "./inventory.ts";
import { MOVE_PREFIX } from "./names.ts";
import { patiently } from "./patience.ts";
import { ident, literal, qualified } from "./quote.ts";

/** Whether the table's changes can be filtered by `column` and told apart. `column` null: need not be filtered. */
export function identityFits(table: Table, column: string | null): boolean {
  if (table.replicaIdentity === "full") return true;
  return table.replicaIdentity !== null && (column === null || table.replicaIdentity.includes(column));
}

/** What tells rows apart: the primary key, or the smallest unique index on columns that are never null. */
export function keyOf(table: Table): string[] | null {
  const whole = table.unique.filter(({ plain, columns }) => plain && columns.every((name) => neverNull(table, name)));
  const best = whole.find(({ primary }) => primary) ?? whole.sort((one, other) => one.columns.length - other.columns.length)[0];
  return best?.columns ?? null;
}

/** Name of the index that a move makes for a table, and removes again. */
export const identityIndex = (table: string): string => cut(`${MOVE_PREFIX}_${table}_identity`);

const cut = (name: string): string => (name.length <= 63 ? name : `${name.slice(0, 46)}_${createHash("sha256").update(name).digest("hex").slice(0, 16)}`);

/** Statements that make the table's changes ready to be filtered by `column`, with an index of this name if one is needed; null when nothing tells its rows apart. */
export function mendIdentity(table: Table, column: string | null, index = cut(`${table.name}_replica_identity`)): string[] | null {
  const name = qualified(table.schema, table.name);
  const fitting = table.unique.find((index) => suits(table, index, column));
  if (fitting) return [fitting.primary ? `ALTER TABLE ${name} REPLICA IDENTITY DEFAULT;` : `ALTER TABLE ${name} REPLICA IDENTITY USING INDEX ${ident(fitting.name)};`];
  const key = keyOf(table);
  if (!key) return null;
  const columns = column === null ? key : [column, ...key.filter((each) => each !== column)];
  return [
    ...(column !== null && !neverNull(table, column) ? [`ALTER TABLE ${name} ALTER COLUMN ${ident(column)} SET NOT NULL;`] : []),
    `CREATE UNIQUE INDEX CONCURRENTLY ${ident(index)} ON ${name} (${columns.map(ident).join(", ")});`,
    `ALTER TABLE ${name} REPLICA IDENTITY USING INDEX ${ident(index)};`,
  ];
}

const neverNull = (table: Table, name: string): boolean => table.columns.some((column) => column.name === name && column.notNull);

const suits = (table: Table, index: UniqueIndex, column: string | null): boolean =>
  index.plain && (column === null || index.columns.includes(column)) && index.columns.every((name) => neverNull(table, name));

/** What the identity was before, so that the end of the move can set it again. */
export const BEFORE = (relation: string): string => `(select case c.relreplident when 'd' then 'DEFAULT' when 'f' then 'FULL' when 'n' then 'NOTHING' else coalesce((select 'USING INDEX ' || quote_ident(x.relname) from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and i.indisreplident), 'DEFAULT') end from pg_class c where c.oid = ${relation})`;

/** The comment by which an index is known as a move's own, made of what BEFORE says. */
export const OWN_INDEX = "replica identity before the move: ";

/** For psql, outside of a transaction; idempotent. Makes an index only where none fits. Empty when nothing tells the rows apart, or all is well. */
export function prepareIdentity(table: Table, column: string | null): string {
  if (identityFits(table, column)) return "";
  const index = identityIndex(table.name);
  const statements = mendIdentity(table, column, index) ?? [];
  const full = qualified(table.schema, index);
  const relation = `${literal(qualified(table.schema, table.name))}::regclass`;
  const half = `select 'drop index concurrently ${full}' from pg_index i where i.indexrelid = to_regclass(${literal(full)}) and not i.indisvalid \\gexec\n`;
  return statements.map((statement) => {
    if (!statement.startsWith("CREATE")) return patiently(statement);
    const remember = `select format('comment on index ${full} is %L', ${literal(OWN_INDEX)} || ${BEFORE(relation)}) where obj_description(to_regclass(${literal(full)}), 'pg_class') is null \\gexec\n`;
    return `set client_min_messages = warning;\n${half}${statement.replace("CONCURRENTLY", "CONCURRENTLY IF NOT EXISTS")}\n${remember}`;
  }).join("");
}

/** Sets the identities as they were and removes the indexes, unless another move needs them; for psql. */
export const forgetIdentities = (): string => `select format('do $body$ begin for attempt in 1..150 loop begin set local lock_timeout = ''100ms''; execute %L; return; exception when lock_not_available then if attempt = 150 then raise; end if; end; perform pg_sleep(0.1); end loop; end $body$',
    format('alter table %s replica identity %s', i.indrelid::regclass, substr(d.description, ${OWN_INDEX.length + 1}))),
  format('drop index concurrently if exists %s', i.indexrelid::regclass)
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
where c.relname like ${literal(`${MOVE_PREFIX}%`)} and d.description like ${literal(`${OWN_INDEX}%`)} and not exists (select from pg_namespace where nspname like ${literal(`${MOVE_PREFIX}%`)}) \\gexec
`;
