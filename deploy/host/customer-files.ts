/** Removing a customer's files from a host that it left. */
import { type Command, root, script } from "./command.ts";
import { uploads } from "./paths.ts";

/** Named folders below the uploads folder, nothing else; a name that leads out of it ends the script. */
const REMOVE = `
set -eu
cd "$1"; shift
top=$(pwd -P)
for folder; do
  [ -e "$folder" ] || continue
  place=$(cd "$folder" && pwd -P)
  case "$place" in "$top"/?*) ;; *) echo "$folder is not below $top" >&2; exit 1;; esac
  rm -rf "$place"
done
`;
export const removeFiles = (dataPath: string, folders: readonly string[]): Command => root(script("remove-files", REMOVE, uploads(dataPath), ...folders));
