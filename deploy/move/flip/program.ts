/** The flip's program as a command for a host, and what it prints. */
import { readFileSync } from "node:fs";
import { type Command, root, script } from "../../host/command.ts";
import { watchdogUnit } from "../../host/link.ts";
import { MOVES } from "../../host/paths.ts";
import { PATIENCE_SECONDS } from "../../host/room.ts";
import { moveNames } from "../data/names.ts";
import type { FlipInput, FlipLine, FlipVerdict } from "./input.ts";

/** In the order in which they lean on each other; they run as one text. */
const PARTS = ["gob.py", "proxy.py", "psql.py", "files.py", "sides.py", "rehearsal.py", "hold.py", "undo.py", "main.py"];
const text = (name: string): string => readFileSync(new URL(`program/${name}`, import.meta.url), "utf8");
/** Python 3.9 and its standard library. */
export const flipProgram = (): string => PARTS.map(text).join("\n\n");

/** The program comes with its input, so nothing has to be on the host beforehand. */
const BOOT = "import json,sys; given=json.load(sys.stdin); exec(compile(given['program'],'flip','exec'),{'__name__':'flip','GIVEN':given})";

/** Standard input: flipInput. Prints FlipLines; ends with 0 whatever the verdict. */
export const flip = (): Command => root(["python3", "-c", BOOT]);
export const flipInput = (input: FlipInput): string => JSON.stringify({ ...input, label: moveNames(input.slug).schema, patienceMilliseconds: PATIENCE_SECONDS * 1000, watchdog: watchdogUnit(input.slug), do: "flip", program: flipProgram(), folder: `${MOVES}/${input.slug}` });

/** Milliseconds that the program may take at worst. */
export const flipTimeout = ({ rehearsal: { most, pauseMilliseconds }, limitMilliseconds }: FlipInput): number =>
  60_000 + most * (pauseMilliseconds + 2000) + 10 * limitMilliseconds;

/** Prints the last verdict on the host, waiting for a hold that goes on or is undone; nothing when there was none. For after a lost connection. */
export const lastVerdict = (slug: string): Command => root(script("last-verdict", `
left=600
while grep -qsvx resting "$1/phase" && [ "$left" -gt 0 ]; do left=$((left - 1)); sleep 0.1; done
cat "$1/verdict.json" 2>/dev/null || true
`, `${MOVES}/${slug}`));

/** Closes the snapshots that a flip keeps open. No fault when none does. */
export const dropSnapshots = (slug: string): Command => root(script("drop-snapshots", `[ ! -d "$1" ] || touch "$1/snapshots.done"`, `${MOVES}/${slug}`));

export function readLine(line: string): FlipLine | undefined {
  if (!line.startsWith("{")) return undefined;
  return JSON.parse(line) as FlipLine;
}

/** The last line with a verdict; undefined when the program ended without one (its host died, or it did). */
export function readVerdict(stdout: string): FlipVerdict | undefined {
  return stdout.split("\n").flatMap((line) => readLine(line) ?? []).findLast((line): line is FlipVerdict => "verdict" in line);
}
