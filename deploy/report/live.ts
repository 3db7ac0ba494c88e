/** For a terminal: lines that stay scroll up, below them stands what is going on, redrawn in place. */
import { createLogUpdate } from "log-update";
import type { Event, HostOutcome, Report } from "./event.ts";
import { lastingLines } from "./lines.ts";
import { oneLine, type Paint, painter, paintSign, printable } from "./paint.ts";
import { follow, newProgress, type Progress } from "./progress.ts";
import { seconds } from "./units.ts";
import { viewLines } from "./view.ts";
import { endWords, stepFailed } from "./words.ts";

/** Milliseconds between two redraws: fast enough to look alive, slow enough for a slow line and a hundred hosts. */
const REDRAW = 100;
const TICK = 1000;

export function liveReport(stream: NodeJS.WriteStream, paint: Paint = painter(stream)): Report {
  const progress = newProgress();
  const update = createLogUpdate(stream, { showCursor: true });
  let pending: string[] = [];
  let shown = false;
  let drawnAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let ticker: NodeJS.Timeout | undefined;

  function draw(): void {
    timer = void clearTimeout(timer) as undefined;
    drawnAt = performance.now();
    const view = viewLines(progress, { columns: stream.columns ?? 80, rows: stream.rows ?? 24 }, Date.now(), paint);
    if (shown && (pending.length > 0 || view.length === 0)) update.clear();
    if (pending.length > 0) stream.write(`${pending.join("\n")}\n`);
    pending = [];
    shown = view.length > 0;
    if (shown) update(view.join("\n"));
    // Seconds pass without events, too.
    if (shown) ticker ??= setInterval(schedule, TICK).unref();
    else ticker = void clearInterval(ticker) as undefined;
  }

  function schedule(): void {
    const since = performance.now() - drawnAt;
    if (since >= REDRAW) draw();
    else timer ??= setTimeout(draw, REDRAW - since);
  }

  return {
    event(event) {
      pending.push(...staying(event, progress, paint));
      follow(progress, event, Date.now());
      if (event.type === "operation-ended" || event.type === "move-ended") draw();
      else schedule();
    },
    text(text) {
      pending.push(text);
      draw();
    },
    data: () => {},
    close() {
      Object.assign(progress, newProgress());
      draw();
    },
  };
}

/** Lines that an event leaves behind; a host that is done leaves its steps on one line. */
function staying(event: Event, progress: Progress, paint: Paint): string[] {
  const lasting = lastingLines(event, progress);
  const lines = event.type === "host-ended" ? endedLines(event.result, lasting.map(({ text }) => text), progress) : lasting.map(({ host, text }) => `${host === null ? "" : `${host.padEnd(progress.nameWidth)}  `}${text}`);
  return lines.map((line) => line.split("  ").map((part) => paintSign(printable(part), paint)).join("  "));
}

/** `helmex   ✓ pull 2.1 s  ✓ start  6.2 s`; `shared   ✓ pull 2.0 s  ✗ inside: …` and below it what was done about it. */
function endedLines(result: HostOutcome, [first, ...more]: string[], { running, nameWidth }: Progress): string[] {
  const done = running.get(result.host)?.done ?? [];
  const steps = first === undefined ? done : done.filter((text) => text !== stepFailed(result.failure!.step));
  const words = first ?? (result.outcome === "updated" && done.length > 0 ? seconds(result.seconds) : endWords(result) ?? "");
  const pad = " ".repeat(nameWidth);
  return [[result.host.padEnd(nameWidth), ...steps.map(oneLine), words].join("  "), ...more.map((text) => `${pad}  ${text}`)];
}
