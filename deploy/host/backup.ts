/** Backups as a host makes them: looking at its programs, putting them there, starting them, asking them. */
import { type Command, root, script, together } from "./command.ts";
import { BACKUP, BACKUP_FINGERPRINT, BACKUP_STATE } from "./paths.ts";
import { checksums } from "./secrets.ts";

const BIN = `${BACKUP_STATE}/bin`;
const POSTGRES = "postgres";

/** What there is, in one round trip. `files`: paths whose checksums are wanted; `units`: systemd's. */
export const lookAtBackup = (files: readonly string[], units: readonly string[], database: { user: string; name: string }): Command => together(
  ["files", checksums(files)],
  ["present", root(script("backup-files", `ls -1d "$1"/*.py "$2"/heartbeat /etc/systemd/system/etage-backup-*.timer /etc/systemd/system/etage-backup-*.service 2>/dev/null || true`, BIN, BACKUP))],
  ["restic", script("restic-version", `restic version 2>/dev/null | head -n 1`)],
  ["pgbackrest", ["docker", "exec", POSTGRES, "pgbackrest", "version"]],
  ["postgres", script("postgres-settings", `docker exec "$1" psql -XqAt -F '|' -U "$2" -d "$3" -c "select current_setting('data_directory'), split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_setting('archive_mode'), current_setting('archive_command') like '%pgbackrest%'"
docker exec --user postgres "$1" id -g`, POSTGRES, database.user, database.name)],
  ["units", script("units", `for unit; do printf '%s %s\\n' "$unit" "$(systemctl is-active "$unit" 2>/dev/null)"; done`, ...units)],
  ["state", readBackupState()],
);

/** The fingerprint of what it backs up by, on a line, and what the last check found, as it wrote it; nothing where there was none. */
export const readBackupState = (): Command => script("backup-state", `cat "$1" "$2" 2>/dev/null || true`, BACKUP_FINGERPRINT, `${BACKUP_STATE}/state.json`);

/** `mode owner path base64` lines on standard input. Each file is whole or the old one. */
const WRITE = `
set -eu
umask 077
install -d -m 0711 "$1"
install -d -m 0755 "$2" "$2/bin"
while read -r mode owner path data; do
  printf %s "$data" | base64 -d >"$path.new"
  chown "$owner" "$path.new"
  chmod "$mode" "$path.new"
  mv "$path.new" "$path"
done
`;
export const writeBackupFiles = (): Command => root(script("write-backup-files", WRITE, BACKUP, BACKUP_STATE));
export const backupFilesInput = (files: readonly { path: string; content: string; mode: string; owner: string }[]): string =>
  files.map(({ path, content, mode, owner }) => `${mode} ${owner} ${path} ${Buffer.from(content).toString("base64")}\n`).join("");

const REMOVE = `
set -u
for path; do
  case "$path" in /etc/systemd/system/*) systemctl disable --now "$(basename "$path")" >/dev/null 2>&1;; esac
  rm -f "$path"
done
exit 0
`;
export const removeBackupFiles = (paths: readonly string[]): Command => root(script("remove-backup-files", REMOVE, ...paths));

/** Debian's package; hosts that were made before their platform had backups lack it. */
export const installRestic = (): Command => root(script("install-restic", `apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends restic`));

/**
 * The places in the store, where they are not there yet. One that answers with another password is a fault, not a place to
 * begin anew. A store on the host's own folders gets them; its database's part is the database's.
 */
const PREPARE = `
set -eu
config=$1 host=$2 store=$3
set -a; . "$config/restic.env"; set +a
export RESTIC_CACHE_DIR=/var/cache/etage-restic
if [ -n "$store" ]; then
  [ -d "$store" ] || { echo "there is no folder $store on the host" >&2; exit 1; }
  install -d -m 0755 "$store/$host"
  docker exec --user root postgres sh -c 'install -d -o postgres -g postgres -m 0750 "$1"' prepare "$store/$host/postgres"
fi
if ! said=$(restic --no-lock cat config 2>&1 >/dev/null); then
  case "$said" in
    *"wrong password"*|*"no key"*) echo "the store has files of this host under another password" >&2; exit 1;;
  esac
  # Another run of the same may have been quicker.
  if ! tried=$(restic init 2>&1) && ! restic --no-lock cat config >/dev/null 2>&1; then printf '%s\n' "$tried" | grep -v '^\s' | grep ' ' | tail -n 3 >&2; exit 1; fi
fi
# 50: a backup is at work and has the lock, so the stanza is there.
docker exec --user postgres postgres pgbackrest --stanza="$host" stanza-create || [ $? = 50 ]
`;
export const prepareStore = (host: string, path: string | undefined): Command => root(script("prepare-store", PREPARE, BACKUP, host, path ?? ""));

/** Programs that run already get the new text with their next run; the one that never ends is begun anew. */
export const enableUnits = (units: readonly string[], restart: readonly string[]): Command => root(script("enable-units", `
set -eu
systemctl daemon-reload
restart=$1; shift
systemctl enable --now "$@" 2>/dev/null
[ -z "$restart" ] || systemctl restart $restart
`, restart.join(" "), ...units));

/** Without waiting for them. */
export const beginBackups = (units: readonly string[]): Command => root(["systemctl", "start", "--no-block", ...units.map((unit) => `${unit}.service`)]);

/**
 * Starts a run, or waits for the one that is on; goes on on the host whoever stops waiting. Prints `at TEXT` while it runs,
 * its line of the log at the end.
 */
const RUN = `
state=$1 kind=$2 full=$3
last_line() { grep "\\"kind\\": \\"$kind\\"" "$state/log.jsonl" 2>/dev/null | tail -n 1; }
if [ -n "$full" ]; then install -d "$state/ask"; echo full >"$state/ask/$kind"; fi
run() {
  before=$(last_line)
  systemctl start "etage-backup-$kind.service" 2>/dev/null &
  last=
  while kill -0 $! 2>/dev/null; do
    now=$(cat "$state/at/$kind" 2>/dev/null)
    if [ -n "$now" ] && [ "$now" != "$last" ]; then printf 'at %s\\n' "$now"; last=$now; fi
    sleep 1
  done
  [ "$(last_line)" != "$before" ]
}
# One that was on may have had its word already, and was only about to end.
if ! run && ! run; then
  echo "the run left no word; its journal says:" >&2
  journalctl --no-pager --lines 5 --output cat --unit "etage-backup-$kind.service" >&2
  exit 1
fi
last_line
`;
export const runBackup = (kind: string, full = false): Command => root(script("run-backup", RUN, BACKUP_STATE, kind, full ? "full" : ""));

/** Asks everything anew: store, database, timers. JSON as in state.json. */
export const askBackup = (): Command => root(["python3", BIN, "status"]);
/** JSON: every backup that the store has of this host; of one customer only. */
export const listHostBackups = (slug?: string): Command => root(["python3", BIN, "list", ...(slug === undefined ? [] : [slug])]);

/** Removes every export of a customer from the host's store; nothing where backups are not set up. Those of the whole host hold everybody, and go by their age. */
export const forgetBackups = (slug: string): Command => root(script("forget-backups", `
[ -e "$1/__main__.py" ] || { echo '{"removed": 0}'; exit 0; }
exec python3 "$1" forget "$2"
`, BIN, slug));
/** Removes all that the store has of a host, and ends its backups; nothing where they are not set up. */
export const wipeBackups = (): Command => root(script("wipe-backups", `
[ -e "$1/__main__.py" ] || { echo '{"removed": 0}'; exit 0; }
exec python3 "$1" wipe
`, BIN));
/** How many went. */
export function parseForgotten(stdout: string): number {
  return (JSON.parse(stdout.trim().split("\n").at(-1) || "{}") as { removed?: number }).removed ?? 0;
}
