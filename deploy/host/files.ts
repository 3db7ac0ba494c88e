/** Files of a customer: carried to the other host of a move, and read there and here. */
import { type Command, root, script } from "./command.ts";
import { linkFolder } from "./link.ts";
import { uploads } from "./paths.ts";

export interface CopySpec {
  slug: string;
  /** Below the uploads folder. */
  folders: readonly string[];
  /** Data paths of the two hosts. */
  from: string;
  to: string;
  peer: { host: string; user: string; address: string };
  /** A second; 0: no limit. */
  limitKilobytes: number;
}

export interface Pass { /** Carried over. */ files: number; bytes: number; /** Removed there. */ removed: number; seconds: number }

/** Words of ssh with the link's key. */
export const linkSsh = (slug: string, { host, user, address }: CopySpec["peer"]): string[] => [
  "ssh", "-F", "none", "-T", "-i", `${linkFolder(slug)}/key`, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes",
  "-o", `UserKnownHostsFile=${linkFolder(slug)}/known_hosts`, "-o", `HostKeyAlias=${host}`, "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5", "-l", user, address,
];

/**
 * One pass, with the lowest priority for disk and processor. Prints `FILES BYTES REMOVED SECONDS`. Files that vanish
 * meanwhile (24) are no fault. What the customer removed goes there too: on the way back the folder has been there.
 */
const COPY = `
set -eu
root=$1 limit=$2 shell=$3 address=$4; shift 4
cd "$root"
list=$(mktemp); trap 'rm -f "$list"' EXIT
for folder; do [ ! -d "$folder" ] || printf '%s\\n' "$folder" >>"$list"; done
[ -s "$list" ] || { echo "0 0 0 0"; exit 0; }
began=$(date +%s%3N)
ionice -c 3 nice -n 19 rsync --archive --numeric-ids --recursive --delete --partial-dir=.rsync-partial --files-from="$list" --bwlimit="$limit" --stats --rsh="$shell" ./ "$address:/" >"$list.out" || { code=$?; [ $code = 24 ] || { tail -n 5 "$list.out" >&2; rm -f "$list.out"; exit $code; }; }
of() { sed -n "s/^$1: \\([0-9,]*\\).*/\\1/p" "$list.out" | tr -d , | head -n 1; }
printf '%s %s %s %s\\n' "$(of 'Number of regular files transferred')" "$(of 'Total transferred file size')" "$(of 'Number of deleted files')" "$(( $(date +%s%3N) - began ))"
rm -f "$list.out"
`;
export function copyFiles({ slug, folders, from, peer, limitKilobytes }: CopySpec): Command {
  const shell = linkSsh(slug, peer).slice(0, -1).join(" ");
  return root(script("copy-files", COPY, uploads(from), limitKilobytes, shell, peer.address, ...folders));
}

export function parseCopied(stdout: string): Pass {
  const [files = 0, bytes = 0, removed = 0, milliseconds = 0] = stdout.trim().split("\n").at(-1)!.split(" ").map((word) => Number(word) || 0);
  return { files, bytes, removed, seconds: milliseconds / 1000 };
}

/** Of every file below the folders its size, `BYTES PATH`, then SHA-256, `SUM  PATH`, NUL between them. One that goes meanwhile has no sum. */
const SUMS = `
set -eu
cd "$1"; shift
files() { for folder; do [ ! -d "$folder" ] || find "$folder" -name .rsync-partial -prune -o -type f -printf "$form"; done; }
form='%s %p\\0'; files "$@"
form='%p\\0'; files "$@" | ionice -c 3 nice -n 19 xargs -0 -r sha256sum --zero -- 2>/dev/null || true
`;
export const compareFiles = (dataPath: string, folders: readonly string[]): Command => root(script("sum-files", SUMS, uploads(dataPath), ...folders));

export function parseSums(stdout: string): Map<string, { sum: string; bytes: number }> {
  const sizes = new Map<string, number>();
  return new Map(stdout.split("\0").flatMap((entry) => {
    const [, sum, path] = /^([0-9a-f]{64})  (.+)$/s.exec(entry) ?? [];
    if (sum && path) return [[path, { sum, bytes: sizes.get(path) ?? 0 }] as const];
    const [, bytes, sized] = /^(\d+) (.+)$/s.exec(entry) ?? [];
    if (sized) sizes.set(sized, Number(bytes));
    return [];
  }));
}
