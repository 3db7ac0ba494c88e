/**
 * A host's data from its backups, into a database folder and an uploads folder that have nothing yet. How far it is stands in
 * a file on the data volume, so that whoever comes next goes on: fresh, cleared, database, files.
 */
import { type Command, root, script } from "./command.ts";
import { BACKUP, RELEASE_LOG, uploads } from "./paths.ts";
import type { Database } from "./postgres.ts";
import { COMMON, INSIDE, RECOVERED } from "./scratch.ts";
import { type Snapshot, uploadsIn, WITH_SETTINGS } from "./snapshots.ts";

export type Stage = "fresh" | "cleared" | "database" | "files";
const STAGES: readonly string[] = ["fresh", "cleared", "database", "files"] satisfies Stage[];

const stageFile = (dataPath: string): string => `${dataPath}/restore-host`;

const LOOK = `
set -eu
living=$1 user=$2 name=$3 stage=$4
now=$(cat "$stage" 2>/dev/null || true)
case "$now" in
  ''|fresh)
    # By TCP: while a new database is set up, its temporary server listens on the socket only.
    tries=0
    until docker exec "$living" pg_isready -q -h 127.0.0.1 -U "$user" -d "$name"; do
      tries=$((tries + 1)); [ $tries -lt 200 ] || { echo "PostgreSQL does not answer" >&2; exit 1; }
      sleep 0.5
    done ;;
esac
if [ -n "$now" ]; then echo "$now"; exit 0; fi
tables=$(docker exec "$living" psql -XqAt -v ON_ERROR_STOP=1 -U "$user" -d "$name" -c "select count(*) + (select count(*) from pg_database where not datistemplate and datname not in ('postgres', current_database())) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')")
if [ "$tables" = 0 ]; then echo fresh >"$stage.new"; mv "$stage.new" "$stage"; echo fresh; else echo "tables $tables"; fi
`;

/** Prints the stage. On a host that none was begun on: `tables N`, customers' own databases counted in, or the first stage, noted, when there is neither. */
export const lookForRebuild = (dataPath: string, living: string, database: Database): Command =>
  root(script("look-for-rebuild", LOOK, living, database.user, database.name, stageFile(dataPath)));

export type RebuildSeen = { stage: Stage } | { tables: number };
export function parseRebuildSeen(stdout: string): RebuildSeen {
  const word = stdout.trim().split("\n").at(-1) ?? "";
  if (STAGES.includes(word)) return { stage: word as Stage };
  const [, tables] = /^tables (\d+)$/.exec(word) ?? [];
  if (tables) return { tables: Number(tables) };
  throw new Error(`not an answer of the look-for-rebuild script: ${JSON.stringify(stdout)}`);
}

/** Null: it is over. */
export const noteStage = (dataPath: string, stage: Stage | null): Command => stage === null
  ? root(["rm", "-f", stageFile(dataPath)])
  : root(script("note-stage", `printf '%s\\n' "$2" >"$1.new"; mv "$1.new" "$1"`, stageFile(dataPath), stage));

/** The living container is stopped, its folder emptied once, filled by pgBackRest, and started: it goes on to the end of the archive. */
const RESTORE = `
set -eu
${RECOVERED}
living=$1 folder=$2 stanza=$3 user=$4 name=$5 patience=$6 stage=$7
note() { printf '%s\\n' "$1" >"$stage.new"; mv "$stage.new" "$stage"; }
docker stop --time 60 "$living" >/dev/null
docker rm --force "$living-restore" >/dev/null 2>&1 || true
if [ "$(cat "$stage")" = fresh ]; then find "$folder/postgres" -mindepth 1 -delete; note cleared; fi
${COMMON}
echo "pgbackrest restore"
docker run --rm --name "$living-restore" --label etage.role=task --user root --entrypoint sh "$@" "$image" -c '${INSIDE}' restore \\
  pgbackrest --stanza="$stanza" --type=default --log-level-console=warn --log-level-file=off
docker start "$living" >/dev/null
given_up() { docker logs --since 30s "$living" 2>&1 | grep -q 'FATAL:  *recovery'; }
recovered "$living" "$user" "$name" "$patience" restored
note database
echo "last $(docker logs "$living" 2>&1 | sed -n 's/.*last completed transaction was at log time //p' | tail -n 1)"
`;
export const restoreDatabase = (dataPath: string, living: string, stanza: string, database: Database, patienceSeconds: number): Command =>
  root(script("restore-database", RESTORE, living, dataPath, stanza, database.user, database.name, patienceSeconds, stageFile(dataPath)));

/** PostgreSQL's own word for when the last change that came back was made; null: it gave none. */
export const parseLast = (stdout: string): string | null => /^last (.+)$/m.exec(stdout)?.[1]?.trim() || null;

const FILES = `
set -eu
settings=$1 id=$2 path=$3 uploads=$4
${WITH_SETTINGS}
from=$uploads/.from-restore
rm -rf "$from"
restic --no-lock --quiet restore "$id" --target "$from" --include "$path"
[ ! -d "$from$path" ] || cp -aln "$from$path/." "$uploads/"
rm -rf "$from"
find "$uploads" -type f | wc -l
`;
/** Prints how many files there are then. */
export const restoreFiles = (dataPath: string, snapshot: Snapshot, settings = BACKUP): Command =>
  root(script("restore-files", FILES, settings, snapshot.id, uploadsIn(snapshot) ?? "/", uploads(dataPath)));

/** The host's list of releases as the snapshot has it; nothing when it has none. */
export const releasesInSnapshot = (snapshot: Snapshot, settings = BACKUP): Command =>
  root(script("releases-in-snapshot", `settings=$1\n${WITH_SETTINGS}\nrestic --no-lock --quiet dump "$2" "$3" 2>/dev/null || true`, settings, snapshot.id, RELEASE_LOG));

/** Puts the list on standard input there, unless the host has one. */
export const writeReleases = (): Command => script("write-releases", `[ -s "$1" ] || cat >"$1"`, RELEASE_LOG);
