/** Files that come from the operator's machine, piece by piece. */
import { type Command, root, script } from "./command.ts";

const APPEND = `
set -eu
umask 077
path=$1 at=$2
[ "$at" != 0 ] || { install -d -m 0700 "$(dirname "$path")"; : >"$path"; }
[ "$(stat -c %s "$path")" = "$at" ] || { echo "$path has $(stat -c %s "$path") bytes, not $at" >&2; exit 1; }
base64 -d >>"$path"
`;
/** The next piece comes on standard input in base64; `at`: bytes that are there already. 0 begins anew. */
export const appendPiece = (path: string, at: number): Command => root(script("append-piece", APPEND, path, at));

/** Prints `BYTES SHA256`. */
export const sizeAndSum = (path: string): Command => root(script("size-and-sum", `sum=$(sha256sum <"$1"); printf '%s %s\\n' "$(stat -c %s "$1")" "\${sum%% *}"`, path));

export function parseSizeAndSum(stdout: string): { bytes: number; sha256: string } {
  const [, bytes, sha256] = /^(\d+) ([0-9a-f]{64})$/m.exec(stdout) ?? [];
  if (!bytes || !sha256) throw new Error(`not a size and a sum: ${JSON.stringify(stdout)}`);
  return { bytes: Number(bytes), sha256 };
}

/** Also what writing it left beside. */
export const removeReceived = (path: string): Command => root(["rm", "-f", path, `${path}.unfinished`, `${path}.says`]);
