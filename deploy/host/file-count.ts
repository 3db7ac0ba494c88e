/** How much lies in folders of the uploads. */
import { type Command, root, script } from "./command.ts";
import { uploads } from "./paths.ts";

const COUNT = `
cd "$1" 2>/dev/null || { echo "0 0"; exit 0; }
shift
for folder; do [ ! -d "$folder" ] || find "$folder" -type f -printf '%s\\n'; done | awk '{ bytes += $1 } END { printf "%d %.0f\\n", NR, bytes }'
`;
/** Prints `FILES BYTES`; a folder that is not there has none. */
export const countFiles = (dataPath: string, folders: readonly string[]): Command => root(script("count-files", COUNT, uploads(dataPath), ...folders));

export function parseFileCount(stdout: string): { count: number; bytes: number } {
  const [count = 0, bytes = 0] = stdout.trim().split(" ").map(Number);
  return { count, bytes };
}
