/** The journal in SQL, the same for every database. Writes that are sent twice, because an answer got lost, leave what one leaves. */
import { randomUUID } from "node:crypto";
import type { Database, Row } from "./database.ts";
import type { Journal, OperationEntry, OperationRecord, ReleaseEntry, StepRecord } from "./journal.ts";
import { storeLocks } from "./sql-locks.ts";

const ENTRY = `id, verb, subject, by, machine, "startedAt", "endedAt", outcome, detail, parent, "beatAt", "lostTo"`;
const STEP = `id, operation, host, step, "startedAt", "endedAt", outcome, detail`;

export function sqlJournal(database: Database): Journal {
  const { run, tables: { operations, steps, locks, releases } } = database;
  const rows = async <T>(sql: string, values: Parameters<typeof run>[1] = []): Promise<T[]> => await run(sql, values) as unknown as T[];

  async function stepsExpected(operation: string, host: string, names: readonly string[], at: string): Promise<number[]> {
    const tokens = names.map(() => randomUUID());
    const places = names.map((_, index) => `($1, $2, $${2 * index + 4}, $3, $${2 * index + 5})`).join(", ");
    const values = names.flatMap((name, index) => [name, tokens[index]!]);
    const made = await run(`insert into ${steps} (operation, host, step, "startedAt", token) values ${places} on conflict (token) do update set token = excluded.token returning id, token`, [operation, host, at, ...values]);
    return tokens.map((token) => made.find((row) => row.token === token)!.id as number);
  }

  return {
    ...storeLocks(database),
    async begin({ id, verb, subject, by, machine, startedAt, parent = null, plan = null }) {
      await run(`insert into ${operations} (id, verb, subject, by, machine, "startedAt", parent, plan, "beatAt") values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing`,
        [id, verb, subject, by, machine, startedAt, parent, plan, await database.clock(run, startedAt)]);
    },
    async end(id, at, outcome, detail) {
      await database.atomically(async (run) => {
        await run(`delete from ${locks} where operation = $1`, [id]);
        await run(`update ${operations} set "endedAt" = $2, outcome = $3, detail = $4 where id = $1`, [id, at, outcome, detail]);
        // What came of them could not be written when it happened.
        await run(`update ${steps} set "endedAt" = $2, outcome = 'abandoned' where operation = $1 and "endedAt" is null`, [id, at]);
      });
    },
    stepsExpected,
    async stepStarted({ operation, host, step, startedAt }) {
      return (await stepsExpected(operation, host, [step], startedAt))[0]!;
    },
    async stepBegan(id, at) {
      await run(`update ${steps} set "startedAt" = $2 where id = $1`, [id, at]);
    },
    async stepEnded(id, at, outcome, detail) {
      await run(`update ${steps} set "endedAt" = $2, outcome = $3, detail = $4 where id = $1`, [id, at, outcome, detail]);
    },
    async operation(id) {
      return (await rows<OperationRecord>(`select ${ENTRY}, plan from ${operations} where id = $1`, [id]))[0];
    },
    async operations(limit, before, host) {
      const conditions = [
        ...(before === undefined ? [] : [`("startedAt", id) < (select "startedAt", id from ${operations} where id = $2)`]),
        ...(host === undefined ? [] : [`exists (select 1 from ${steps} where ${steps}.operation = ${operations}.id and ${steps}.host = $${before === undefined ? 2 : 3})`]),
      ];
      const where = conditions.length > 0 ? `where ${conditions.join(" and ")}` : "";
      const values = [before, host].filter((value) => value !== undefined);
      return rows<OperationEntry>(`select ${ENTRY} from ${operations} ${where} order by "startedAt" desc, id desc limit $1`, [limit, ...values]);
    },
    async newest(verbs) {
      const found = await Promise.all(verbs.map((verb) => rows<OperationEntry>(`select ${ENTRY} from ${operations} where verb = $1 order by "startedAt" desc, id desc limit 1`, [verb])));
      return found.flat().toSorted((a, b) => a.startedAt < b.startedAt ? 1 : -1)[0];
    },
    about: (verb, subject, limit) => rows<OperationRecord>(`select ${ENTRY}, plan from ${operations} where verb = $1 and subject = $2 order by "startedAt" desc, id desc limit $3`, [verb, subject, limit]),
    newestOfEach: (verb) => rows<OperationEntry>(`select ${ENTRY} from (select *, row_number() over (partition by subject order by "startedAt" desc, id desc) as place from ${operations} where verb = $1 and coalesce(outcome, '') <> 'refused') as placed where place = 1 order by subject`, [verb]),
    async served() {
      return (await run(`select distinct subject from ${operations} where outcome = 'ok'`)).map(({ subject }) => subject as string);
    },
    async running() {
      // Sorted here: asked to do it, SQLite would walk through all operations in their order.
      return (await rows<OperationEntry>(`select ${ENTRY} from ${operations} where "endedAt" is null`)).toSorted((a, b) => a.startedAt < b.startedAt ? -1 : 1);
    },
    followers: (operation) => rows<OperationEntry>(`select ${ENTRY} from ${operations} where parent = $1 order by "startedAt", id`, [operation]),
    steps: (operation) => rows<StepRecord>(`select ${STEP} from ${steps} where operation = $1 order by id`, [operation]),
    async stepTimes(limit) {
      const recent = await rows<StepRecord>(
        `select ${steps}.host, ${steps}.step, ${steps}."startedAt", ${steps}."endedAt" from ${steps} join ${operations} on ${operations}.id = ${steps}.operation
         where ${steps}.outcome = 'ok' and ${operations}.verb not in ('rollback', 'revert', 'move', 'move back', 'move abort', 'move finish', 'erase', 'customer credentials') order by ${steps}.id desc limit $1`, [limit]);
      return recent.map(({ host, step, startedAt, endedAt }) => ({ host, step, seconds: (Date.parse(endedAt!) - Date.parse(startedAt)) / 1000 }));
    },
    async saveRelease({ version, digest, image, commit, dirty, migrations, builtAt, by }) {
      await run(`insert into ${releases} (version, digest, image, "commit", dirty, migrations, "builtAt", by) values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (version) do update set digest = excluded.digest, image = excluded.image, "commit" = excluded."commit", dirty = excluded.dirty,
          migrations = excluded.migrations, "builtAt" = excluded."builtAt", by = excluded.by`,
      [version, digest, image, commit, dirty, JSON.stringify(migrations), builtAt, by]);
    },
    async release(version) {
      return (await run(`select * from ${releases} where version = $1`, [version])).map(releaseOf)[0];
    },
    async releases() {
      return (await run(`select * from ${releases} order by "builtAt" desc`)).map(releaseOf);
    },
    clock: (given) => database.clock(run, given),
    close: () => database.close(),
  };
}

const releaseOf = (row: Row): ReleaseEntry => ({ ...(row as unknown as ReleaseEntry), dirty: Boolean(row.dirty), migrations: JSON.parse(row.migrations as string) });
