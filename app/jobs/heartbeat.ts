import type { Session } from "../database/connect.ts";

export type State = "idle" | "busy" | "stopping";
export interface Worker { name: string; release: string; state: State; startedAt: Date; beatAt: Date; /** Since its last sign of life. */ silentSeconds: number }

/** Workers that have said nothing for this long are forgotten. */
const memory = "1 hour";

/** Says that this worker lives and what it does; forgets those who are long gone. */
export async function beat(sql: Session, worker: { name: string; release: string; state: State }): Promise<void> {
  await sql`
    insert into workers ${sql(worker)}
    on conflict (name) do update set state = excluded.state, beat_at = now()`;
  await sql`delete from workers where beat_at < now() - ${memory}::interval`;
}

export async function leave(sql: Session, name: string): Promise<void> {
  await sql`delete from workers where name = ${name}`;
}

export const listWorkers = async (sql: Session): Promise<Worker[]> => await sql<Worker[]>`
  select name, release, state, started_at, beat_at, round(extract(epoch from now() - beat_at)::numeric, 1)::float8 as silent_seconds
  from workers order by started_at`;
