/** For logs: lines that are only ever added. Each begins with its host, so that `grep` finds all of one, and no line that a host printed stands first in its line, where some build systems take `::…` for a command. */
import type { Report } from "./event.ts";
import { logLines } from "./lines.ts";
import { printable } from "./paint.ts";
import { follow, newProgress } from "./progress.ts";

export function plainReport(write: (text: string) => void, now: () => number = Date.now): Report {
  const progress = newProgress();
  const linesOf = logLines();
  return {
    event(event) {
      const at = now();
      const lines = linesOf(event, progress, at);
      follow(progress, event, at);
      for (const { host, text } of lines) write(`${host === null ? "" : `${host.padEnd(progress.nameWidth)}  `}${printable(text).trimEnd()}\n`);
    },
    text: (text) => write(`${text}\n`),
    data: () => {},
    close: () => {},
  };
}
