/** The one place where a command becomes shell text. */
import type { Command, Guard, Stage } from "../host/command.ts";
import { STAGE_CODE } from "../host/stages.ts";
import { runTogether } from "../host/together.ts";

/** Safe as one word of a POSIX shell. Plain words stay readable. */
export function quote(word: string): string {
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

export function render(command: Command): string {
  if (isWords(command)) return command.map(quote).join(" ");
  if ("all" in command) return command.all.map(inner).join(" && ");
  if ("any" in command) return command.any.map(inner).join(" || ");
  if ("pipe" in command) return command.pipe.map(inner).join(" | ");
  if ("quiet" in command) return `${inner(command.quiet)} >/dev/null 2>&1`;
  if ("stages" in command) return renderStages(command.stages, command.guard);
  if ("together" in command) return render(runTogether(command.together.map(([name, part]) => [name, render(part)] as const)));
  // \036 is sections.MARK; printf's octal keeps the text printable.
  return command.sections.map(([name, part]) => `printf '\\036<%s\\n' ${quote(name)}; ${inner(part)}; printf '\\n\\036>%s\\n' $?`).join("; ");
}

/** For people: our own scripts by their name, everything else as it is run. */
export function readable(command: Command): string {
  return render(withoutScripts(command));
}

function withoutScripts(command: Command): Command {
  if (isWords(command)) {
    const at = command.findIndex((word, index) => word === "sh" && command[index + 1] === "-c" && command.length > index + 3);
    return at < 0 ? command : [...command.slice(0, at), `<${command[at + 3]}>`, ...command.slice(at + 4)];
  }
  if ("all" in command) return { all: command.all.map(withoutScripts) };
  if ("any" in command) return { any: command.any.map(withoutScripts) };
  if ("pipe" in command) return { pipe: command.pipe.map(withoutScripts) };
  if ("quiet" in command) return { quiet: withoutScripts(command.quiet) };
  if ("stages" in command) return { all: command.stages.map((stage) => withoutScripts(stage.command)) };
  // A reader need not know that they run at once.
  const parts = "sections" in command ? command.sections : command.together;
  return { sections: parts.map(([name, part]) => [name, withoutScripts(part)] as const) };
}

const BEGAN = `began() { at=$(date +%s%3N); printf '\\036<%s %s\\n' "$1" "$at"; printf '\\036<%s %s\\n' "$1" "$at" >&2; }`;
const ENDED = `ended() { at=$(date +%s%3N); printf '\\n\\036>%s %s\\n' "$1" "$at"; printf '\\n\\036>%s %s\\n' "$1" "$at" >&2; }`;

const DENIED = `denied() { printf '\\036!%s %s\\n' "$1" "$2"; }`;

/** Markers as stages.ts reads them. A stage sees of the common input what is meant for it, and leaves nothing of that to the next. */
function renderStages(stages: readonly Stage[], guard: Guard | null): string {
  const setUp = guard ? [
    `exec 8>>${quote(guard.busy)}; flock -w 60 8 || { denied ${stages[0]?.name} ${STAGE_CODE.busy}; exit 1; }; echo $$ >${quote(`${guard.lock}/pid`)}`,
    `may() { if [ -e ${quote(guard.lock)}/stop ]; then return ${STAGE_CODE.stopped}; fi; grep -qF ${quote(`"${guard.operation}"`)} ${quote(guard.lock)}/owner.json 2>/dev/null || return ${STAGE_CODE.lost}; }`,
  ] : [];
  const bodies = stages.map(({ name, command, input, goOn }) => {
    const fed = input === undefined ? `{ ${render(command)}; } </dev/null` : `head -c ${Buffer.byteLength(input)} | ( ${render(command)}; code=$?; cat >/dev/null; exit $code )`;
    const after = goOn ? ":" : "[ $code = 0 ] || failed=$code";
    const run = `began ${name}; ${fed}; code=$?; ended $code; ${after}`;
    return `if [ $failed = 0 ]; then ${guard ? `if may; then ${run}; else failed=$?; denied ${name} $failed; fi` : run}; fi`;
  });
  return [BEGAN, ENDED, ...(guard ? [DENIED] : []), ...setUp, "failed=0", ...bodies, "[ $failed = 0 ]"].join("\n");
}

const isWords = (command: Command): command is readonly string[] => Array.isArray(command);

/** Grouped where the shell would otherwise bind differently. */
function inner(command: Command): string {
  return isWords(command) ? render(command) : `{ ${render(command)}; }`;
}
