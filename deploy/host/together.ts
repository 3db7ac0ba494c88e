/** Runs the parts of a `together` command. What they print waits in memory: a look must work on a host whose disk is full. */
import { script } from "./command.ts";

const TOGETHER = `
folder=$(mktemp -d /dev/shm/etage-together.XXXXXX) || exit 1
while [ $# -gt 0 ]; do
  { (eval "$2") >"$folder/$1"; echo $? >"$folder/$1.code"; } &
  shift 2
done
wait
said=$(cd "$folder" && for code in *.code; do
  printf '\\036<%s\\n' "\${code%.code}"; cat "\${code%.code}"; printf '\\n\\036>%s\\n' "$(cat "$code")"
done)
rm -rf "$folder"
printf '%s\\n' "$said"
`;

/** `parts`: names, and what each runs as shell text. Prints what a `sections` command prints (see sections.ts), in no order. */
export const runTogether = (parts: readonly (readonly [name: string, text: string])[]): string[] => script("together", TOGETHER, ...parts.flat());
