/**
 * The only way to a tenant's rows. Every statement here carries the tenant, and no other file names these tables
 * (held by a test), so a handler cannot forget it.
 */
import type { Database, Session } from "./connect.ts";
import { columns, type Tables } from "./tables.ts";

type Name = keyof Tables;
/** Equality on columns; a list means any of. */
type Where<T extends Name> = { [C in keyof Tables[T]]?: Tables[T][C] | Tables[T][C][] };
type Values<T extends Name> = Partial<Omit<Tables[T], "id">>;
type Id<T extends Name> = Tables[T]["id"];

export type Scope = ReturnType<typeof within>;
export type TenantDatabase = ReturnType<typeof tenantDatabase>;

/** The rows of one tenant, and of no other. */
export function tenantDatabase(database: Database, tenant: number) {
  return {
    ...within(database, tenant),
    /** Runs `work` in one transaction. */
    transaction: <R>(work: (scope: Scope) => Promise<R>): Promise<R> => database.begin((session) => work(within(session, tenant))) as Promise<R>,
  };
}

function within(sql: Session, tenant: number) {
  const named = (table: Name) => sql(table as string);
  const all = (table: Name) => sql(columns[table] as string[]);
  const matching = (where: object) =>
    Object.entries(where).filter(([, value]) => value !== undefined).reduce((before, [column, value]) =>
      Array.isArray(value) ? sql`${before} and ${sql(column)} = any(${value})` : sql`${before} and ${sql(column)} = ${value}`, sql``);
  // The driver cannot know what a table named by a variable holds; tables.ts does.
  const typed = <T extends Name>(_table: T, rows: unknown) => rows as Tables[T][];

  return {
    /** Rows by id, from after an id, `limit` at most. */
    async list<T extends Name>(table: T, options: { after?: Id<T>; limit?: number; where?: Where<T> } = {}): Promise<Tables[T][]> {
      return typed(table, await sql`
        select ${all(table)} from ${named(table)}
        where organisation_id = ${tenant} ${options.after === undefined ? sql`` : sql`and id > ${options.after}`} ${matching(options.where ?? {})}
        order by id limit ${options.limit ?? null}`);
    },

    async find<T extends Name>(table: T, id: Id<T>): Promise<Tables[T] | undefined> {
      return typed(table, await sql`select ${all(table)} from ${named(table)} where organisation_id = ${tenant} and id = ${id}`)[0];
    },

    async insert<T extends Name>(table: T, rows: Values<T>[]): Promise<Tables[T][]> {
      const owned: Record<string, never>[] = rows.map((row) => ({ ...row, organisationId: tenant }) as never);
      return typed(table, await sql`insert into ${named(table)} ${sql(owned)} returning ${all(table)}`);
    },

    async update<T extends Name>(table: T, id: Id<T>, values: Values<T>): Promise<Tables[T] | undefined> {
      return typed(table, await sql`
        update ${named(table)} set ${sql(values as unknown as Record<string, never>)} where organisation_id = ${tenant} and id = ${id} returning ${all(table)}`)[0];
    },

    async remove<T extends Name>(table: T, id: Id<T>): Promise<Tables[T] | undefined> {
      return typed(table, await sql`delete from ${named(table)} where organisation_id = ${tenant} and id = ${id} returning ${all(table)}`)[0];
    },

    async count(table: Name): Promise<number> {
      const [row] = await sql<{ count: number }[]>`select count(*) as count from ${named(table)} where organisation_id = ${tenant}`;
      return row!.count;
    },

    async sum<T extends Name>(table: T, column: keyof Tables[T] & string): Promise<number> {
      const [row] = await sql<{ sum: number }[]>`select coalesce(sum(${sql(column as string)}), 0)::bigint as sum from ${named(table)} where organisation_id = ${tenant}`;
      return row!.sum;
    },

    /**
     * Lets one transaction of this tenant at a time pass, until it ends: what is counted against a limit then stays true.
     * `no key` so that inserts that refer to the organisation need not wait.
     */
    async lock(): Promise<void> {
      await sql`select from organisations where id = ${tenant} for no key update`;
    },
  };
}
