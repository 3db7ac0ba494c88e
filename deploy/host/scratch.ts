/**
 * A scratch database: the host's own as it was at a time, in a container beside the living one. Nobody is led to it, it has
 * no port, it sends no WAL and follows no other database. Restored by pgBackRest with the living container's own settings.
 */
import { type Command, root, script } from "./command.ts";
import { LABEL } from "./docker.ts";
import type { Database } from "./postgres.ts";

export const LIVING = "postgres";
export const scratchName = (slug: string): string => `scratch-${slug}`;
/** Label of a scratch container: the time that it stands at. */
export const SCRATCH_AT = "etage.restore.at";

export interface ScratchSpec {
  slug: string;
  /** Container of the living database. */
  living: string;
  database: Database;
  /** pgBackRest's name for the host. */
  stanza: string;
  /** Whole time that the database goes back to: ISO, UTC. */
  at: string;
  /** Folder that the scratch database lies in. */
  folder: string;
}

/** `2026-05-01 10:00:00.000+00`, as pgBackRest and PostgreSQL read it. */
export const targetTime = (at: string): string => `${new Date(at).toISOString().replace("T", " ").replace("Z", "")}+00`;

/** Exit code: the living database does not archive its WAL. */
export const NO_ARCHIVE = 14;

/**
 * A time can be gone back to when a later commit is in the archive: makes one, ends the segment and waits until it is there.
 * Prints the segment.
 */
const SHIP = `
set -eu
living=$1 user=$2 name=$3 patience=$4
sql() { docker exec -i "$living" psql -X -q -A -t -v ON_ERROR_STOP=1 -U "$user" -d "$name"; }
[ "$(echo 'show archive_mode;' | sql)" = on ] || { echo "archive_mode is not on" >&2; exit ${NO_ARCHIVE}; }
file=$(printf '%s\\n' 'select pg_current_xact_id() \\g /dev/null' 'select pg_walfile_name(pg_current_wal_insert_lsn());' 'select pg_switch_wal() \\g /dev/null' | sql)
tries=0
until [ "$(echo "select coalesce(left(last_archived_wal, 24), '') >= '$file' from pg_stat_archiver;" | sql)" = t ]; do
  tries=$((tries + 1))
  if [ $tries -gt $((patience * 4)) ]; then
    echo "the archive does not take the WAL: $(echo "select 'last taken ' || coalesce(last_archived_time::text, 'never') || ', last refused ' || coalesce(last_failed_time::text, 'never') from pg_stat_archiver;" | sql)" >&2
    exit 1
  fi
  sleep 0.25
done
echo "$file"
`;
export const shipWal = ({ living, database }: Pick<ScratchSpec, "living" | "database">, patienceSeconds: number): Command =>
  script("ship-wal", SHIP, living, database.user, database.name, patienceSeconds);

/** Shell text: options of `docker run` that the scratch has in common with the living one, in the positional parameters. */
export const COMMON = `
image=$(docker inspect --format '{{.Image}}' "$living")
network=$(docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "$living" | head -n 1)
mounts=$(docker inspect --format '{{range .Mounts}}{{if ne .Destination "/var/lib/postgresql"}}{{.Type}} {{.RW}} {{.Source}} {{.Destination}}{{println}}{{end}}{{end}}' "$living")
set -- --network "$network" --cpu-shares 128 --mount "type=bind,source=$folder/postgres,target=/var/lib/postgresql"
while read -r type writable source target; do
  [ "$type" = bind ] || continue
  if [ "$writable" = true ]; then set -- "$@" --mount "type=bind,source=$source,target=$target"; else set -- "$@" --mount "type=bind,source=$source,target=$target,readonly"; fi
done <<MOUNTS
$mounts
MOUNTS
place=$(docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$living" | grep '^PGDATA=' || true)
[ -z "$place" ] || set -- "$@" --env "$place"
`;

/**
 * Shell function `recovered CONTAINER USER NAME PATIENCE WHAT`: waits until a restored database takes statements, and says from
 * time to time how far it is. `given_up`, which the caller defines, ends well when it will never come to that.
 */
export const RECOVERED = `
recovered() {
  tries=0
  until [ "$(docker exec "$1" psql -XqAt -U "$2" -d "$3" -c 'select not pg_is_in_recovery()' 2>/dev/null)" = t ]; do
    tries=$((tries + 1))
    if [ $tries -gt $(($4 * 2)) ] || given_up; then
      echo "the $5 database did not come up:" >&2
      docker logs --tail 15 "$1" >&2 2>&1
      exit 1
    fi
    [ $((tries % 10)) -ne 0 ] || docker exec "$1" psql -XqAt -U "$2" -d "$3" -c "select 'at ' || date_trunc('second', pg_last_xact_replay_timestamp())" 2>/dev/null || true
    sleep 0.5
  done
}
`.trim();

/** In the container, as root: pgBackRest must be the files' owner. What an earlier try brought is compared, not fetched again. */
export const INSIDE = `
if [ -e "$PGDATA/PG_VERSION" ] || [ -e "$PGDATA/backup.manifest" ]; then set -- "$@" --delta; else rm -rf "$PGDATA"; fi
rm -f "$PGDATA/postmaster.pid"
install -d -o postgres -g postgres -m 0700 "$PGDATA" && exec setpriv --reuid=postgres --regid=postgres --init-groups "$@" restore`;

const RESTORE = `
set -eu
living=$1 scratch=$2 folder=$3 stanza=$4 at=$5
docker rm --force "$scratch" "$scratch-restore" >/dev/null 2>&1 || true
install -d -m 0755 "$folder" "$folder/postgres"
${COMMON}
docker run --rm --name "$scratch-restore" --label ${LABEL.role}=task --user root --entrypoint sh "$@" "$image" -c '${INSIDE}' restore \\
  pgbackrest --stanza="$stanza" --type=time --target="$at" --target-action=promote --archive-mode=off --log-level-console=warn --log-level-file=off
`;
/** Brings the data folder back; the scratch is not running then. May take as long as the database is large. */
export const restoreScratch = ({ slug, living, folder, stanza, at }: ScratchSpec): Command =>
  root(script("restore-scratch", RESTORE, living, scratchName(slug), folder, stanza, targetTime(at)));

/**
 * The living container's settings with these on top: no WAL is sent (the archive is the living one's), no subscription
 * that the copy knows of is followed (a move's other side would lose changes to it), little memory is taken.
 */
const START = `
set -eu
${RECOVERED}
living=$1 scratch=$2 folder=$3 at=$4 user=$5 name=$6 patience=$7
case "$(docker ps --all --filter "name=^$scratch\$" --format '{{.State}}')" in
  running) ;;
  '')
    words=$(docker inspect --format '{{range .Config.Cmd}}{{println .}}{{end}}' "$living")
    ${COMMON}
    set -- "$@" "$image"
    while read -r word; do [ -z "$word" ] || set -- "$@" "$word"; done <<WORDS
$words
WORDS
    docker run --detach --init --name "$scratch" --label "${SCRATCH_AT}=$at" --memory 1g --log-opt max-size=10m "$@" \\
      -c archive_mode=off -c archive_command= -c max_logical_replication_workers=0 -c shared_buffers=64MB >/dev/null ;;
  *) docker start "$scratch" >/dev/null ;;
esac
given_up() { [ "$(docker inspect --format '{{.State.Status}}' "$scratch")" != running ]; }
recovered "$scratch" "$user" "$name" "$patience" scratch
`;
/** Resolves when it has come to its time and takes statements. Says from time to time how far it is: `at TIME`. */
export const startScratch = ({ slug, living, folder, at, database }: ScratchSpec, patienceSeconds: number): Command =>
  root(script("start-scratch", START, living, scratchName(slug), folder, at, database.user, database.name, patienceSeconds));

const SECRETS_FOR = `
set -eu
umask 077
from=$1 to=$2 living=$3 scratch=$4 group=$5
install -d -o root -g "$group" -m 0750 "$(dirname "$to")" "$to"
sed "s#@$living:#@$scratch:#" "$from/database-url" >"$to/database-url.new"
grep -qF "@$scratch:" "$to/database-url.new" || { echo "$from/database-url does not lead to $living" >&2; exit 1; }
cp "$from/redis-url" "$to/redis-url.new"
for name in database-url redis-url; do chown "root:$group" "$to/$name.new"; chmod 0440 "$to/$name.new"; mv "$to/$name.new" "$to/$name"; done
`;
/** The app's secrets, with the scratch database in place of the living one. They never leave the host. */
export const scratchSecrets = (spec: Pick<ScratchSpec, "slug" | "living">, { from, to, group }: { from: string; to: string; group: number }): Command =>
  root(script("scratch-secrets", SECRETS_FOR, from, to, spec.living, scratchName(spec.slug), group));

const DROP = `
set -u
scratch=$1; shift
docker rm --force "$scratch" "$scratch-restore" >/dev/null 2>&1 || true
left=$(docker ps --all --quiet --filter "name=^$scratch\\$" --filter "name=^$scratch-restore\\$")
[ -z "$left" ] || { echo "$scratch can't be removed" >&2; exit 1; }
rm -rf "$@"
`;
/** Removes the scratch with everything that lies in these places; what is gone already is no fault. */
export const dropScratch = (slug: string, places: readonly string[]): Command => root(script("drop-scratch", DROP, scratchName(slug), ...places));
