/** The one place where a command becomes shell text. */
import type { Command } from "../host/command.ts";

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
  return { sections: command.sections.map(([name, part]) => [name, withoutScripts(part)] as const) };
}

const isWords = (command: Command): command is readonly string[] => Array.isArray(command);

/** Grouped where the shell would otherwise bind differently. */
function inner(command: Command): string {
  return isWords(command) ? render(command) : `{ ${render(command)}; }`;
}
