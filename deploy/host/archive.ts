/** A customer's archive as a file on a host: written and read by the app's own commands (docs/app-contract.md, Archive). */
import { type Command, root, script } from "./command.ts";

/** The app's words for an archive of what is there: a file that is gone must not keep all else from being saved, or from coming back. */
export const exportWords = (slug: string): string[] => ["export", slug, "--allow-missing"];

/** Whole when it has its name. Prints the archive's manifest and its end, a line each. */
const WRITE = `
set -eu
umask 077
out=$1; shift
install -d -m 0700 "$(dirname "$out")"
"$@" >"$out.unfinished" 2>"$out.says" || { code=$?; tail -n 20 "$out.says" >&2; exit $code; }
mv "$out.unfinished" "$out"
rm -f "$out.says"
for name in manifest.json end.json; do tar -xOf "$out" "$name" | tr -d '\\n'; echo; done
`;
/** `exporting`: the command that writes it to its standard output. */
export const writeArchive = (path: string, exporting: readonly string[]): Command => root(script("write-archive", WRITE, path, ...exporting));

const DESCRIBE = `
set -eu
for name in manifest.json end.json; do tar -xOf "$1" "$name" | tr -d '\\n'; echo; done
`;
export const describeArchive = (path: string): Command => root(script("describe-archive", DESCRIBE, path));

const READ = `
set -eu
in=$1; shift
exec "$@" <"$in"
`;
/** `importing`: the command that reads it from its standard input. */
export const readArchive = (path: string, importing: readonly string[]): Command => root(script("read-archive", READ, path, ...importing));

/** Keeps the newest of the copies that end so, besides the one just made. */
const KEEP = `ls -t "$1"/*"$2" 2>/dev/null | tail -n +$(($3 + 1)) | while read -r old; do rm -f "$old"; done`;
export const keepArchives = (folder: string, ending: string, amount: number): Command => root(script("keep-archives", KEEP, folder, ending, amount));
