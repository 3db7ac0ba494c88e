/** Dumps of the host's databases, taken before an update when the newest is too old. */
import { type Command, root, script } from "./command.ts";
import { backups } from "./paths.ts";

export interface Database { user: string; name: string }

export const KEPT_DUMPS = 7;
export const dumpTimeout = 3600 * 1000;

/**
 * Prints `empty` when there is no table to save, else `saved BYTES PATH` for each database. A dump gets its name only after
 * pg_restore could read its table of contents, so a file with the right name is a whole dump. `others`: LIKE what further
 * databases are called, or nothing. Those of one time are kept together, and go together.
 */
const DUMP = `
set -eu
folder=$1 time=$2 user=$3 name=$4 others=$5 keep=$6
ask() { docker exec postgres psql -XtA -v ON_ERROR_STOP=1 -U "$user" -d "$1" -c "$2"; }
names=$(ask "$name" "select datname from pg_database where datname = '$name' or datname like '$others' order by datname = '$name', 1")
dumped=
for each in $names; do
  tables=$(ask "$each" "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')")
  [ "$tables" != 0 ] || continue
  install -d -m 0700 "$folder"
  [ -n "$dumped" ] || rm -f "$folder"/*.unfinished
  file=$folder/$each-$time.dump
  docker exec postgres pg_dump -U "$user" -Fc "$each" >"$file.unfinished"
  docker exec -i postgres pg_restore --list <"$file.unfinished" >/dev/null
  dumped="$dumped $file"
done
[ -n "$dumped" ] || { echo empty; exit 0; }
for file in $dumped; do
  mv "$file.unfinished" "$file"
  printf 'saved %s %s\\n' "$(stat -c %s "$file")" "$file"
done
ls "$folder" | sed -n 's/^[^-]*-\\(.*\\)\\.dump$/\\1/p' | sort -ru | tail -n +$((keep + 1)) | while read -r old; do rm -f "$folder"/*-"$old".dump; done
`;

/** Of the host's database, and of each customer's own beside it. */
export const dump = (dataPath: string, at: Date, { user, name }: Database, { databasePerCustomer }: { databasePerCustomer: boolean }): Command =>
  root(script("dump", DUMP, backups(dataPath), dumpTime(at), user, name, databasePerCustomer ? `${name}\\_%` : "", KEPT_DUMPS));

/** Bytes of all dumps that it took. */
export const parseDumped = (stdout: string): number => stdout.split("\n").reduce((sum, line) => sum + Number(/^saved (\d+) /.exec(line)?.[1] ?? 0), 0);

const dumpTime = (at: Date): string => `${at.toISOString().slice(0, 19).replaceAll(":", "-")}Z`;

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
