/**
 * The only way to a tenant's rows. Every statement here names the tenant, no other file names these tables (held by a
 * test), and every transaction is for one tenant: the database's own policies hide all other rows.
 */
import type { Database, Session } from "./connect.ts";
import { columns, type Tables } from "./tables.ts";

type Name = keyof Tables;
/** Equality on columns; a list means any of. */
type Where<T extends Name> = { [C in keyof Tables[T]]?: Tables[T][C] | Tables[T][C][] };
type Values<T extends Name> = Partial<Omit<Tables[T], "id">>;
type Id<T extends Name> = Tables[T]["id"];
type Run = <R>(work: (sql: Session) => Promise<R>) => Promise<R>;

export type Scope = ReturnType<typeof within>;
export interface TenantDatabase extends Scope {
  /** Runs `work` in one transaction. Without it, every call is one of its own. */
  transaction<R>(work: (rows: Scope) => Promise<R>): Promise<R>;
}

/** The rows of one tenant, and of no other, by a pool whose role is bound by the policies. */
export function tenantDatabase(database: Database, tenant: number): TenantDatabase {
  const begin: Run = async (work) => await database.begin(async (sql) => {
    // Sent together with the first statement, so it costs no round trip.
    const entered = enter(sql, tenant).execute();
    entered.catch(() => { /* Said again by every statement after it. */ });
    return await work(sql);
  }) as never;
  return { ...within(begin, tenant), transaction: (work) => begin((sql) => work(within((inner) => inner(sql), tenant))) };
}

/** Says whose transaction this is. */
export const enter = (sql: Session, tenant: number) => sql`select set_config('app.tenant', ${String(tenant)}, true)`;

function within(run: Run, tenant: number) {
  const named = (sql: Session, table: Name) => sql(table as string);
  const all = (sql: Session, table: Name) => sql(columns[table] as string[]);
  const matching = (sql: Session, where: object) =>
    Object.entries(where).filter(([, value]) => value !== undefined).reduce((before, [column, value]) =>
      Array.isArray(value) ? sql`${before} and ${sql(column)} = any(${value})` : sql`${before} and ${sql(column)} = ${value}`, sql``);
  // The driver cannot know what a table named by a variable holds; tables.ts does.
  const typed = <T extends Name>(_table: T, rows: unknown) => rows as Tables[T][];

  return {
    /** Rows by id, from after an id, `limit` at most. */
    list: <T extends Name>(table: T, { after, limit, where = {} }: { after?: Id<T> | undefined; limit?: number; where?: Where<T> } = {}): Promise<Tables[T][]> => run(async (sql) => typed(table, await sql`
      select ${all(sql, table)} from ${named(sql, table)}
      where organisation_id = ${tenant} ${after === undefined ? sql`` : sql`and id > ${after}`} ${matching(sql, where)}
      order by id limit ${limit ?? null}`)),

    find: <T extends Name>(table: T, id: Id<T>): Promise<Tables[T] | undefined> => run(async (sql) => typed(table, await sql`
      select ${all(sql, table)} from ${named(sql, table)} where organisation_id = ${tenant} and id = ${id}`)[0]),

    insert: <T extends Name>(table: T, rows: Values<T>[]): Promise<Tables[T][]> => run(async (sql) => {
      const owned: Record<string, never>[] = rows.map((row) => ({ ...row, organisationId: tenant }) as never);
      return typed(table, await sql`insert into ${named(sql, table)} ${sql(owned)} returning ${all(sql, table)}`);
    }),

    update: <T extends Name>(table: T, id: Id<T>, values: Values<T>): Promise<Tables[T] | undefined> => run(async (sql) => typed(table, await sql`
      update ${named(sql, table)} set ${sql(values as unknown as Record<string, never>)} where organisation_id = ${tenant} and id = ${id} returning ${all(sql, table)}`)[0]),

    remove: <T extends Name>(table: T, id: Id<T>): Promise<Tables[T] | undefined> => run(async (sql) => typed(table, await sql`
      delete from ${named(sql, table)} where organisation_id = ${tenant} and id = ${id} returning ${all(sql, table)}`)[0]),

    /** Removes all rows that match; returns how many. */
    clear: <T extends Name>(table: T, where: Where<T>): Promise<number> => run(async (sql) =>
      (await sql`delete from ${named(sql, table)} where organisation_id = ${tenant} ${matching(sql, where)}`).count),

    count: (table: Name): Promise<number> => run(async (sql) => {
      const [row] = await sql<{ count: number }[]>`select count(*) as count from ${named(sql, table)} where organisation_id = ${tenant}`;
      return row!.count;
    }),

    sum: <T extends Name>(table: T, column: keyof Tables[T] & string): Promise<number> => run(async (sql) => {
      const [row] = await sql<{ sum: number }[]>`select coalesce(sum(${sql(column as string)}), 0)::bigint as sum from ${named(sql, table)} where organisation_id = ${tenant}`;
      return row!.sum;
    }),

    /** Lets one transaction of this tenant at a time pass, until it ends: what is counted against a limit then stays true. */
    lock: (): Promise<void> => run(async (sql) => void await sql`select pg_advisory_xact_lock(1, hashint8(${tenant}))`),
  };
}
