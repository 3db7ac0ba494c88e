/** Transactions that have written and are still open: a copy can begin, and a guard be put up, only when they are over. */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { age, count } from "../../report/units.ts";
import { ask, type Side } from "./psql.ts";

/** `pid` null: a prepared transaction, which no session holds any more. */
export interface Writer { pid: number | null; who: string; seconds: number; doing: string }

/** Any customer's, in any database of the server, oldest first. One line of JSON. */
const writers = (older: number): string => `select coalesce(json_agg(json_build_object('pid', pid, 'who', who, 'seconds', seconds, 'doing', doing) order by seconds desc), '[]') from (
  select pid, usename || coalesce(' (' || nullif(application_name, '') || ')', '') as who, extract(epoch from clock_timestamp() - xact_start) as seconds, state as doing
    from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid() and backend_type = 'client backend'
  union all select null, owner, extract(epoch from clock_timestamp() - prepared), 'prepared ' || gid from pg_prepared_xacts) open where seconds > ${older};
`;

export interface WriterOptions {
  goOn(): void;
  tell(text: string): void;
  /** Milliseconds. */
  patience?: number;
  /** Seconds; younger ones are nobody's fault. */
  older?: number;
}

/** Waits until no transaction is open for long. @throws UserError that names those that are, and how to end them. */
export async function awaitWriters(side: Side, { goOn, tell, patience = 120_000, older = 3 }: WriterOptions): Promise<void> {
  for (const deadline = Date.now() + patience; ;) {
    goOn();
    const open = await ask<Writer[]>(side, "looking for open transactions", writers(older));
    if (open.length === 0) return;
    if (Date.now() > deadline) {
      const pids = open.flatMap(({ pid }) => pid ?? []);
      throw new UserError(`${count(open.length, "transaction")} on ${side.runner.host} stay${open.length === 1 ? "s" : ""} open: ${open.slice(0, 3).map(wordsOf).join("; ")}`, {
        hint: pids.length === 0 ? "rollback prepared '…' ends a prepared one" : `whoever holds it ends it, or: select pg_terminate_backend(${pids[0]}); then run it again`,
      });
    }
    tell(`waits for ${wordsOf(open[0]!)}`);
    await sleep(500);
  }
}

const wordsOf = ({ pid, who, seconds, doing }: Writer): string => `${who}${pid === null ? "" : `, process ${pid}`}, for ${age(seconds)} (${doing})`;
