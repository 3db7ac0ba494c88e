/** Two PostgreSQL servers that can reach each other, as two hosts have them, and a move between them. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import pg from "pg";
import { connectionString } from "../../../../deploy/move/data/access.ts";
import { type FlipStatements, flipStatements } from "../../../../deploy/move/data/flip-statements.ts";
import { judge, type Verdict } from "../../../../deploy/move/data/judge.ts";
import type { Side } from "../../../../deploy/move/data/psql.ts";
import { copySchema, look, prepareIdentities } from "../../../../deploy/move/data/prepare.ts";
import { copied, guardBoth, noteChanges, openBoth, replicationFault, replicationState, startReplication, startWayBack, type Way } from "../../../../deploy/move/data/replicate.ts";
import type { Direction } from "../../../../deploy/move/data/replication.ts";
import type { Tenancy } from "../../../../deploy/move/data/tenancy.ts";
import { LocalRunner } from "../../../../deploy/remote/local.ts";
import { startPostgres, type TestPostgres } from "../../../support/postgres.ts";
import { Session } from "./session.ts";

export interface End { server: TestPostgres; side: Side; sql(text: string): Promise<pg.QueryResult>; /** The schema as a dump says it. */ dump(): Promise<string>; pool: pg.Pool }

export interface Servers { shared: TestPostgres; own: TestPostgres; stop(): Promise<void> }

export async function startTwo(): Promise<Servers> {
  const settings = ["wal_level=logical", "max_slot_wal_keep_size=1GB"];
  const [shared, own] = await Promise.all([startPostgres(settings), startPostgres(settings)]);
  return { shared, own, stop: async () => void await Promise.all([shared.stop(), own.stop()]) };
}

/** A database of this name on both; `schema` on the first, and on the second unless it is to be copied. */
export async function databases({ shared, own }: Servers, name: string, schema: string, { copy = false } = {}): Promise<{ source: End; target: End }> {
  const [source, target] = await Promise.all([open(shared, name, "shared"), open(own, name, "own")]);
  await source.sql(schema);
  if (copy) await copySchema(source.side, target.side);
  else await target.sql(schema);
  return { source, target };
}

async function open(server: TestPostgres, name: string, host: string): Promise<End> {
  const pool = new pg.Pool({ connectionString: await server.url(name), max: 12 });
  // The server goes before its connections do.
  pool.on("error", () => {});
  return {
    server, pool, sql: (text) => pool.query(text),
    side: { runner: new LocalRunner(host), database: { user: "app", name }, container: server.container },
    async dump() {
      const { stdout } = await promisify(execFile)("docker", ["exec", server.container, "pg_dump", "-U", "app", "-d", name, "--schema-only"]);
      return stdout.replace(/^\\(un)?restrict .*$/gm, "");
    },
  };
}

export async function judged(slug: string, tenancy: Tenancy, source: End, target: End): Promise<Verdict> {
  return judge(slug, tenancy, await look(source.side, tenancy), await look(target.side, tenancy));
}

export async function until(done: () => Promise<boolean>, what: string, seconds = 30): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; !await done();) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const waysOf = (source: End, target: End): Record<Direction, Way> => ({
  out: { from: source.side, to: target.side, direction: "out", address: source.server.address },
  back: { from: target.side, to: source.side, direction: "back", address: target.server.address },
});

/** Everything up to where the flip begins. `left`: the end that has the rows. */
export async function replicate({ move }: Verdict, tenancy: Tenancy, source: End, target: End, left: "source" | "target" = "source"): Promise<void> {
  const ways = waysOf(source, target);
  const [there, again] = left === "source" ? [ways.out, ways.back] : [ways.back, ways.out];
  for (const { side } of [source, target]) await prepareIdentities(side, move, await look(side, tenancy));
  await openBoth(source.side, target.side, move);
  await guardBoth(there.from, there.to, move, left === "source" ? "closed" : "left");
  await startReplication(there, move);
  await until(async () => {
    const state = await replicationState(there.from, there.to, move.slug, there.direction);
    const fault = replicationFault(state);
    if (fault) throw new Error(fault);
    return copied(state);
  }, "the copy");
  await startWayBack(again, move);
}

/** One side as the flip speaks to it: by the login of the move from the other host, or as the host itself. */
export class Desk {
  readonly say: FlipStatements;
  #mark = Date.now();
  readonly #sessions: Session[] = [];

  constructor(slug: string, patience = { sealMilliseconds: 500, markerMilliseconds: 5000 }) {
    this.say = flipStatements(slug, patience);
  }

  async near(end: End): Promise<Session> {
    return this.#begin(new Session(end.server.container, "-U", "app", "-d", end.side.database.name));
  }

  async far(from: End, to: End, slug: string): Promise<Session> {
    return this.#begin(new Session(from.server.container, connectionString(slug, to.server.address, to.side.database.name)));
  }

  async #begin(session: Session): Promise<Session> {
    this.#sessions.push(session);
    await session.ask(this.say.begin);
    return session;
  }

  marked(...statements: string[]): string[] {
    this.#mark += 1;
    return statements.map((statement) => statement.replaceAll(":mark", String(this.#mark)));
  }

  /** One round of tick and check. */
  async round(old: Session, fresh: Session): Promise<{ keys: number; left: number; arrived: boolean; differing: number }> {
    const [tick, check] = this.marked(this.say.tick, this.say.check) as [string, string];
    const [sent, got] = await Promise.all([old.ask<{ keys: number; left: number }>(tick), fresh.ask<{ arrived: boolean; differing: number }>(check)]);
    return { ...sent, ...got, keys: sent.keys };
  }

  async calm(old: Session, fresh: Session): Promise<void> {
    await until(async () => {
      const { arrived, differing, left } = await this.round(old, fresh);
      return arrived && differing === 0 && left === 0;
    }, "a calm round");
  }

  close(): void {
    for (const session of this.#sessions) session.close();
  }
}

export { noteChanges };
