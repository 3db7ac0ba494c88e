/** The journal in a PostgreSQL database that a team shares, in a schema of its own. */
import type pg from "pg";
import { awayFrom, passing, type PostgresPlace } from "./away.ts";
import type { Database, Run } from "./database.ts";
import type { Journal } from "./journal.ts";
import { patience } from "./patience.ts";
import { postgresMigrations } from "./postgres-schema.ts";
import { sqlJournal } from "./sql-journal.ts";
import { pending } from "./versions.ts";

export interface PostgresOptions {
  /** Told when the store goes away in the middle, and when it is back. */
  note(message: string): void;
  /** For how long a store that worked before is tried again. */
  patienceSeconds?: number;
}

const CONNECT_MILLISECONDS = 5_000;
const QUERY_MILLISECONDS = 10_000;
const CLOSE_MILLISECONDS = 2_000;

/** Connects at the first use. */
export function openPostgres(place: PostgresPlace & { url: string }, { note, patienceSeconds = 60 }: PostgresOptions): Journal {
  // Its modules are for those who use it: loading them takes as long as a question to a host.
  let opened: Promise<pg.Pool> | undefined;
  const pool = (): Promise<pg.Pool> => opened ??= import("pg").then((module) => makePool(module.default, place));
  const persist = patience({ place, note, seconds: patienceSeconds });
  let migrated: Promise<void> | undefined;

  const ready = (): Promise<void> => migrated ??= use((client) => migrate(client, place.shown)).catch((error: unknown) => {
    migrated = undefined;
    throw error;
  });

  async function use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await (await pool()).connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      // A connection that has trouble may be in the middle of anything.
      client.release(passing(error));
      throw error;
    }
  }

  const whenReady = <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => persist(async () => {
    await ready();
    return use(work);
  });

  const database: Database = {
    tables: { operations: "etage.operations", steps: "etage.steps", locks: "etage.locks", releases: "etage.releases" },
    forUpdate: " for update",
    run: (sql, values) => whenReady((client) => runOn(client)(sql, values)),
    atomically: (work) => whenReady((client) => transaction(client, () => work(runOn(client)))),
    async clock(run) {
      const [row] = await run("select clock_timestamp() as now");
      return row!.now as string;
    },
    async close() {
      // A server that is away must not keep us.
      await Promise.race([opened?.then((open) => open.end()), new Promise((resolve) => { setTimeout(resolve, CLOSE_MILLISECONDS).unref(); })]);
    },
  };
  return sqlJournal(database);
}

function makePool({ Pool, types: { getTypeParser, builtins: { TIMESTAMPTZ, INT8 } } }: typeof pg, place: PostgresPlace & { url: string }): pg.Pool {
  const isoOf = (text: string): string => (getTypeParser(TIMESTAMPTZ)(text) as Date).toISOString();
  const types: pg.CustomTypesConfig = {
    getTypeParser: (type: number, format?: "text" | "binary") => type === TIMESTAMPTZ ? isoOf : type === INT8 ? Number : getTypeParser(type, format),
  };
  try {
    const pool = new Pool({
      connectionString: place.url, max: 4, keepAlive: true, connectionTimeoutMillis: CONNECT_MILLISECONDS, query_timeout: QUERY_MILLISECONDS,
      fallback_application_name: "etage deploy", types,
    });
    // A connection that dies while nobody waits for it: whoever uses it next gets the error, or another connection.
    pool.on("error", () => {});
    pool.on("connect", (client) => { client.on("error", () => {}); });
    return pool;
  } catch (error) {
    throw awayFrom(place, error, 0); // a certificate's file that is not there
  }
}

const runOn = (client: pg.PoolClient): Run => async (sql, values = []) => (await client.query(sql, [...values])).rows;

async function transaction<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    if (!passing(error)) await client.query("rollback");
    throw error;
  }
}

async function migrate(client: pg.PoolClient, shown: string): Promise<void> {
  const version = async (): Promise<number> => {
    // Not to_regclass: its cache may still say no after another connection has made the table.
    const { rows } = await client.query("select from pg_tables where schemaname = 'etage' and tablename = 'version'");
    return rows.length > 0 ? (await client.query("select number from etage.version")).rows[0].number : 0;
  };
  if (pending(shown, await version(), postgresMigrations).length === 0) return;
  await transaction(client, async () => {
    // Two first runs at once: one waits for the other.
    await client.query("select pg_advisory_xact_lock(hashtext('etage.version'))");
    const have = await version();
    if (have === 0) await client.query("create schema if not exists etage; create table etage.version (number integer not null); insert into etage.version values (0)");
    for (const sql of pending(shown, have, postgresMigrations)) await client.query(sql);
    await client.query("update etage.version set number = $1", [postgresMigrations.length]);
  });
}
