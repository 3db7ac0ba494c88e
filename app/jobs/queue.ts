/**
 * The table of jobs. A worker takes one by writing its name into it and says every few seconds that it is still at it; a
 * job whose worker fell silent is taken by another. So a job may be begun twice, and must bear it; it ends once.
 */
import type { Database, Session } from "../database/connect.ts";

/** A job as its worker has it. `attempts`: how often it was begun before. */
export interface TakenJob { organisationId: number; slug: string; id: string; kind: string; input: Record<string, unknown>; attempts: number }

/**
 * `aside`: the next job's tenant does not let its rows be written now, for instance because it is moving to another host.
 * Others must not wait for it.
 */
export type Taken = { outcome: "job"; job: TakenJob } | { outcome: "none" } | { outcome: "aside"; organisationId: number; slug: string; reason: unknown };

/** A worker silent for this long is dead, in seconds; it should beat several times within. */
const silence = 30;
/** A job that was begun this often and never ended takes its workers with it. */
const mostAttempts = 3;

/** Takes the job of the known kinds that has been due for longest, but none of the tenants in `aside`. */
export async function takeJob(database: Database, worker: string, kinds: string[], aside: number[]): Promise<Taken> {
  return await database.begin(async (sql) => {
    const [job] = await sql<TakenJob[]>`
      select organisation_id, slug, jobs.id, kind, input, attempts from jobs join organisations on organisations.id = organisation_id
      where (state = 'waiting' and due_at <= now() or state = 'running' and beat_at < now() - make_interval(secs => ${silence}))
        and kind = any(${kinds}) and organisation_id <> all(${aside}::bigint[])
      order by due_at limit 1 for update of jobs skip locked`;
    if (!job) return { outcome: "none" };
    try {
      await sql.savepoint((inner) => begin(inner, job, worker));
      return { outcome: "job", job };
    } catch (reason) {
      return { outcome: "aside", organisationId: job.organisationId, slug: job.slug, reason };
    }
  });
}

async function begin(sql: Session, { organisationId, id }: TakenJob, worker: string): Promise<void> {
  await sql`
    update jobs set state = 'running', worker = ${worker}, beat_at = now(), attempts = attempts + 1
    where organisation_id = ${organisationId} and id = ${id}`;
}

/** Says that the worker is still at the job; false when it was taken from it. */
export const beatJob = (sql: Session, job: TakenJob, worker: string): Promise<boolean> => change(sql, job, worker, sql`beat_at = now()`);

/** Ends the job; false when it was taken from this worker meanwhile. */
export const endJob = (sql: Session, job: TakenJob, worker: string, result: object): Promise<boolean> =>
  change(sql, job, worker, sql`state = 'done', result = ${sql.json(result as never)}, fault = null, ended_at = now()`);

/** Puts a job back that a leaving worker could not finish, for another to take at once. It does not count as an attempt. */
export const returnJob = (sql: Session, job: TakenJob, worker: string): Promise<boolean> =>
  change(sql, job, worker, sql`state = 'waiting', worker = null, attempts = attempts - 1`);

/** Records a fault; the job waits for its next attempt, a little longer each time, until it has had its last. */
export const failJob = (sql: Session, job: TakenJob, worker: string, fault: string): Promise<boolean> =>
  change(sql, job, worker, job.attempts + 1 < mostAttempts
    ? sql`state = 'waiting', fault = ${fault}, due_at = now() + make_interval(secs => 5 * attempts)`
    : sql`state = 'failed', fault = ${fault}, ended_at = now()`);

async function change(sql: Session, { organisationId, id }: TakenJob, worker: string, what: ReturnType<Session>): Promise<boolean> {
  const rows = await sql`
    update jobs set ${what} where organisation_id = ${organisationId} and id = ${id} and state = 'running' and worker = ${worker} returning 1`;
  return rows.length > 0;
}

export const countJobs = async (sql: Session): Promise<{ state: string; count: number }[]> => await sql`select state, count(*) as count from jobs group by state`;
