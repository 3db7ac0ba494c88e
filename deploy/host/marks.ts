/** Files that say what a host is in the middle of: one a customer, named after it, as JSON. */
import { type Command, root, script } from "./command.ts";

/** Whole or not at all, since somebody may read it meanwhile. */
const WRITE = `
set -eu
install -d -m 0755 "$1"
printf '%s\\n' "$3" >"$1/.$2.unfinished"
mv "$1/.$2.unfinished" "$1/$2.json"
`;
/** `name`: of the command, for people. */
export const writeMark = (name: string, folder: string, mark: { slug: string }): Command => root(script(name, WRITE, folder, mark.slug, JSON.stringify(mark)));
