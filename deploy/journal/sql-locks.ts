/** Signs of life, locks, and what becomes of operations that show none. */
import type { Database, Run } from "./database.ts";
import type { Journal, OperationRecord, StoreLock, StoreLockAnswer } from "./journal.ts";

const LOCK = `name, operation, by, machine, reason, since, "beatAt"`;

export function storeLocks(database: Database): Pick<Journal, "beat" | "closeAbandoned" | "takeLock" | "releaseLock" | "locks"> {
  const { run, forUpdate, tables: { operations, steps, locks } } = database;

  /** Now, and the latest sign of life that is too old, by the clock that counts. */
  async function judged(run: Run, now: string, silentSince: string): Promise<{ at: string; cutoff: string }> {
    const at = await database.clock(run, now);
    return { at, cutoff: new Date(Date.parse(at) - (Date.parse(now) - Date.parse(silentSince))).toISOString() };
  }

  async function take(run: Run, lock: Omit<StoreLock, "beatAt">, at: string, cutoff: string): Promise<StoreLockAnswer> {
    const { name, operation, by, machine, reason, since } = lock;
    const inserted = await run(`insert into ${locks} (${LOCK}) values ($1, $2, $3, $4, $5, $6, $7) on conflict (name) do nothing returning name`, [name, operation, by, machine, reason, since, at]);
    if (inserted.length > 0) return { outcome: "taken" };
    const [row] = await run(`select ${LOCK} from ${locks} where name = $1${forUpdate}`, [name]);
    if (!row) return take(run, lock, at, cutoff); // given back in between
    const owner = row as unknown as StoreLock;
    const silentSeconds = (Date.parse(at) - Date.parse(owner.beatAt)) / 1000;
    const ours = owner.operation === operation;
    if (!ours && owner.beatAt > cutoff) return { outcome: "held", by: owner, silentSeconds };
    await run(`update ${locks} set operation = $2, by = $3, machine = $4, reason = $5, since = $6, "beatAt" = $7 where name = $1`, [name, operation, by, machine, reason, since, at]);
    if (ours) return { outcome: "taken" };
    await run(`update ${operations} set "lostTo" = $2 where id = $1`, [owner.operation, operation]);
    return { outcome: "taken-over", from: owner, silentSeconds };
  }

  return {
    async beat(operation, at) {
      return database.atomically(async (run) => {
        const now = await database.clock(run, at);
        // Locks before operations, here as everywhere: two transactions must not wait for one another.
        await run(`update ${locks} set "beatAt" = $2 where operation = $1`, [operation, now]);
        const [row] = await run(`update ${operations} set "beatAt" = $2,
            "endedAt" = case when outcome = 'abandoned' and "lostTo" is null then null else "endedAt" end,
            outcome = case when outcome = 'abandoned' and "lostTo" is null then null else outcome end
          where id = $1 returning "lostTo"`, [operation, now]);
        return row?.lostTo == null;
      });
    },
    async closeAbandoned(silentSince, now) {
      return database.atomically(async (run) => {
        const { at, cutoff } = await judged(run, now, silentSince);
        const closed = await run(`update ${operations} set "endedAt" = $1, outcome = 'abandoned'
          where "endedAt" is null and "beatAt" <= $2 returning *`, [at, cutoff]) as unknown as OperationRecord[];
        for (const { id } of closed) {
          await run(`update ${steps} set "endedAt" = $2, outcome = 'abandoned' where operation = $1 and "endedAt" is null`, [id, at]);
        }
        return closed.toSorted((a, b) => a.startedAt < b.startedAt ? -1 : 1);
      });
    },
    async takeLock(lock, now, silentSince) {
      return database.atomically(async (run) => {
        const { at, cutoff } = await judged(run, now, silentSince);
        return take(run, lock, at, cutoff);
      });
    },
    async releaseLock(name, operation) {
      await run(`delete from ${locks} where name = $1 and operation = $2`, [name, operation]);
    },
    async locks() {
      return await run(`select ${LOCK} from ${locks} order by name`) as unknown as StoreLock[];
    },
  };
}
