/** What stands at the bottom of a terminal while an operation runs. Pure: from a state to lines that fit. */
import cliTruncate from "cli-truncate";
import { oneLine, type Paint, paintSign } from "./paint.ts";
import { type HostProgress, type Progress, secondsLeft, tally } from "./progress.ts";
import { age, clock } from "./units.ts";
import { sampleWords, shortName } from "./words.ts";

export interface Size { columns: number; rows: number }

/** Never more lines than fit, never wider than the terminal; none when nothing is going on. */
export function viewLines(progress: Progress, { columns, rows }: Size, at: number, paint: Paint): string[] {
  const { running, bake, waiting, nameWidth } = progress;
  // One row is the cursor's; in the last column some terminals wrap.
  let room = Math.max(1, rows - 1);
  const width = Math.max(1, columns - 1);
  /** Only what is shown is put in words: a fleet may be large. */
  const take = <T>(items: readonly T[], words: (item: T) => string): string[] => {
    const fitting = items.length <= room ? items.map(words) : room === 0 ? [] : [...items.slice(0, room - 1).map(words), paint("quiet", `… and ${items.length - room + 1} more`)];
    room -= fitting.length;
    return fitting;
  };
  const asIs = (text: string): string => text;
  const bar = take(barLine(progress, width, at, paint), asIs);
  const held = take(waiting ? [`waits for ${oneLine(waiting.for)}  ${elapsed(waiting.since, at)}`] : [], asIs);
  const watched = take(bake ? [`watching ring ${bake.ring}  ${age(Math.max(0, bake.until - at) / 1000)} left`] : [], asIs);
  const hosts = take([...running.values()], (host) => hostLine(host, nameWidth, width, at, paint));
  const samples = take(bake?.hosts ?? [], (sample) => `  ${sample.host.padEnd(nameWidth)}  ${sampleWords(sample)}`);
  return [...held, ...hosts, ...watched, ...samples, ...bar].map((line) => cliTruncate(line.trimEnd(), width));
}

/** Name, what is done, what is being done, and the last line that this printed. What comes first is left out when there is no room for all. */
export function hostLine({ host, done, running, output, waiting }: HostProgress, nameWidth: number, width: number, at: number, paint: Paint): string {
  const now = waiting ? `… waits for ${oneLine(waiting.for)} ${elapsed(waiting.since, at)}` : running ? `… ${shortName(running.step)} ${elapsed(running.since, at)}` : "";
  const shown = done.map(oneLine);
  const needed = (): number => [host.padEnd(nameWidth), ...shown, now].filter(Boolean).join("  ").length;
  for (let dropped = false; needed() > width && shown.length > (dropped ? 1 : 0); dropped = true) shown.splice(0, dropped ? 2 : 1, "…");
  return [host.padEnd(nameWidth), ...shown.map((text) => paintSign(text, paint)), now, output && !waiting ? paint("quiet", oneLine(output)) : ""].filter(Boolean).join("  ");
}

/** `████▒░░░  4 updated · 1 failed · 3 left · ring 2 of 3 dedicated · 2 min 5 s, about 3 min left`; of a single host nothing, its line says all. */
function barLine(progress: Progress, width: number, at: number, paint: Paint): string[] {
  const { operation, ring, reverting } = progress;
  const { total, updated, failed, left } = tally(progress);
  if (!operation || total < 2) return [];
  const toGo = secondsLeft(progress, at);
  const text = [
    `${updated} ${reverting ? "brought back" : "updated"}`, ...(failed > 0 ? [`${failed} failed`] : []), `${left} left`,
    ...(ring && ring.of > 1 ? [`ring ${ring.ring} of ${ring.of} ${ring.name}`] : []),
    `${elapsed(operation.since, at)}${toGo === null ? "" : `, about ${age(Math.max(1, toGo))} left`}`,
  ].join(" · ");
  const cells = Math.min(24, width - text.length - 2);
  if (cells < 6) return [text];
  // A failure is seen, however large the fleet.
  const bad = failed === 0 ? 0 : Math.max(1, Math.round(failed / total * cells));
  const good = Math.min(cells - bad, Math.floor(updated / total * cells));
  return [`${paint("good", "█".repeat(good))}${paint("bad", "▒".repeat(bad))}${paint("quiet", "░".repeat(cells - good - bad))}  ${text}`];
}

const elapsed = (since: number, at: number): string => clock((at - since) / 1000);

