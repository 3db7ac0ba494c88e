/** What a host does when a customer's data goes: its last archive, what there is of it, a file brought to the operator. */
import { type Command, root, script } from "./command.ts";
import { backups } from "./paths.ts";

/** A customer's last archives, until they are fetched. */
export const goodbyes = (dataPath: string, slug: string): string => `${backups(dataPath)}/goodbye/${slug}`;

/** What a killed run left goes first: its program may still write there. Whole when it has its name. Prints `BYTES SHA256`. */
const WRITE = `
set -eu
umask 077
folder=$1 out=$1/$2; shift 2
rm -rf "$folder"
install -d -m 0700 "$folder"
"$@" >"$out.unfinished" 2>"$out.says" || { code=$?; tail -n 20 "$out.says" >&2; rm -f "$out.unfinished" "$out.says"; exit $code; }
rm -f "$out.says"
sync "$out.unfinished"
mv "$out.unfinished" "$out"
sum=$(sha256sum <"$out")
printf '%s %s\\n' "$(stat -c %s "$out")" "\${sum%% *}"
`;
/** `file`: another one in each run. `exporting`: the command that writes the archive to its standard output. */
export const writeGoodbye = (folder: string, file: string, exporting: readonly string[]): Command => root(script("write-goodbye", WRITE, folder, file, ...exporting));

export function parseGoodbye(stdout: string): { bytes: number; sha256: string } | undefined {
  const [, bytes, sha256] = /^(\d+) ([0-9a-f]{64})$/m.exec(stdout) ?? [];
  return sha256 ? { bytes: Number(bytes), sha256 } : undefined;
}

export const removeGoodbye = (folder: string): Command => root(["rm", "-rf", folder]);

/** One piece of a file, in base64: what comes over a connection is read as text. */
export const readPiece = (path: string, offset: number, bytes: number): Command =>
  root(script("read-piece", `tail -c +"$(($2 + 1))" "$1" | head -c "$3" | base64 -w 0`, path, offset, bytes));
