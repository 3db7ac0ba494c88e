/** Nobody works as a customer for a while: the app is told that it is suspended, and what was begun before is waited for. */
import { all, type Command, root, script } from "./command.ts";
import { runLimited } from "./docker.ts";
import { TENANTS } from "./paths.ts";
import type { Database } from "./postgres.ts";
import { sha256 } from "./secrets.ts";

/** Transactions that began before, but for those that only carry changes elsewhere or copy the whole. */
const SETTLE = `
set -eu
living=$1 user=$2 name=$3 patience=$4
now=$(docker exec "$living" psql -XqAt -v ON_ERROR_STOP=1 -U "$user" -d "$name" -c "select extract(epoch from clock_timestamp())")
tries=0
until [ "$(docker exec "$living" psql -XqAt -v ON_ERROR_STOP=1 -U "$user" -d "$name" -c "select count(*) from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and xact_start < to_timestamp($now) and backend_xid is not null and pid <> pg_backend_pid()")" = 0 ]; do
  tries=$((tries + 1))
  [ $tries -lt $((patience * 2)) ] || { echo "transactions that write stay open for more than $patience s" >&2; exit 1; }
  sleep 0.5
done
`;

export interface Quiet { living: string; database: Database; /** Command of the app that reads the list of tenants. */ telling: readonly string[]; seconds: number }

/** The list on standard input says that the customer is suspended. The next update tells the app again whom it serves, whatever becomes of us. */
export const suspendCustomer = ({ living, database, telling, seconds }: Quiet, patienceSeconds: number): Command =>
  all(["rm", "-f", TENANTS], runLimited(seconds, telling), script("settle-transactions", SETTLE, living, database.user, database.name, patienceSeconds));

/** The list on standard input is as customers.yaml has it. */
export const tellTenants = ({ telling, seconds }: Pick<Quiet, "telling" | "seconds">, tenants: string): Command =>
  all(runLimited(seconds, telling), script("note-tenants", `printf %s "$2" >"$1"`, TENANTS, sha256(tenants)));

/** Whether the app was told its tenants by somebody else since the customer was suspended; prints `told` or nothing. */
export const toldSince = (): Command => script("told-since", `[ ! -e "$1" ] || echo told`, TENANTS);

/** A file that only root may remove. */
export const removeFile = (path: string): Command => root(["rm", "-f", path]);
