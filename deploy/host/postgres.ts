/** Dumps of the host's database, taken before an update when the newest is too old. */
import { type Command, root, script } from "./command.ts";
import { backups } from "./paths.ts";

export interface Database { user: string; name: string }

export const KEPT_DUMPS = 7;
export const dumpTimeout = 3600 * 1000;

/**
 * Prints `empty` when there is no table to save, else `saved BYTES PATH`. The dump gets its name only after pg_restore
 * could read its table of contents, so a file with the right name is a whole dump.
 */
const DUMP = `
set -eu
folder=$1 file=$2 user=$3 name=$4 keep=$5
tables=$(docker exec postgres psql -U "$user" -d "$name" -tAc "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')")
if [ "$tables" = 0 ]; then echo empty; exit 0; fi
install -d -m 0700 "$folder"
rm -f "$folder"/*.unfinished
docker exec postgres pg_dump -U "$user" -Fc "$name" >"$folder/$file.unfinished"
docker exec -i postgres pg_restore --list <"$folder/$file.unfinished" >/dev/null
mv "$folder/$file.unfinished" "$folder/$file"
ls -t "$folder"/*.dump | tail -n +$((keep + 1)) | while read -r old; do rm -f "$old"; done
printf 'saved %s %s\\n' "$(stat -c %s "$folder/$file")" "$folder/$file"
`;

export const dump = (dataPath: string, file: string, database: Database): Command =>
  root(script("dump", DUMP, backups(dataPath), file, database.user, database.name, KEPT_DUMPS));

export const dumpName = (database: string, at: Date): string => `${database}-${at.toISOString().slice(0, 19).replaceAll(":", "-")}Z.dump`;

/** One line a dump: seconds since 1970, bytes, path. */
export const listDumps = (dataPath: string): Command =>
  root(script("dumps", `[ -d "$1" ] && find "$1" -maxdepth 1 -name '*.dump' -printf '%T@ %s %p\\n' || true`, backups(dataPath)));

export interface Dump { at: number; bytes: number; path: string }

/** Newest first; `at` in seconds since 1970 by the host's clock. */
export function parseDumps(stdout: string): Dump[] {
  return stdout.split("\n").flatMap((line) => {
    const [, at, bytes, path] = /^(\d+(?:\.\d+)?) (\d+) (.+)$/.exec(line) ?? [];
    return path ? [{ at: Number(at), bytes: Number(bytes), path }] : [];
  }).sort((a, b) => b.at - a.at);
}
