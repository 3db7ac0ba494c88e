/** Progress for people: one line a host that grows step by step on a terminal, one line a step elsewhere. */
import { createLogUpdate } from "log-update";
import type { Event, HostOutcome, Report } from "./event.ts";
import { summaryLines } from "./summary.ts";
import { seconds } from "./units.ts";
import { failureLines, QUIET_STEPS, shortName, stepDone } from "./words.ts";

interface HostLine { done: string[]; running: string | null; since: number; total: string }

/** `live`: redraw lines in place (a terminal); otherwise only add lines. */
export function peopleReport(stream: NodeJS.WriteStream, live: boolean): Report {
  const lines = new Map<string, HostLine>();
  const update = live ? createLogUpdate(stream, { showCursor: true }) : undefined;
  let width = 7;
  let timer: NodeJS.Timeout | undefined;

  const write = (text: string): void => {
    if (!update) return void stream.write(`${text}\n`);
    update.clear();
    stream.write(`${text}\n`);
    draw();
  };
  const draw = (): void => {
    if (!update || lines.size === 0) return;
    update([...lines].map(([host, line]) => {
      const running = line.running ? `… ${line.running} ${Math.floor((Date.now() - line.since) / 1000)} s` : "";
      return [host.padEnd(width), ...line.done, running, line.total].filter(Boolean).join("  ");
    }).join("\n"));
  };
  /** A finished host's line stays where it is and is not redrawn any more. */
  const settle = (host: string): void => {
    const line = lines.get(host);
    if (!update || !line) return;
    update.clear();
    stream.write(`${[host.padEnd(width), ...line.done, line.total].filter(Boolean).join("  ")}\n`);
    lines.delete(host);
    draw();
  };
  const tick = (): void => {
    if (lines.size > 0 && update) timer ??= setInterval(draw, 1000).unref();
    else if (timer) timer = void clearInterval(timer) as undefined;
  };

  function hostEnded(result: HostOutcome): void {
    const line = lines.get(result.host);
    if (line) Object.assign(line, { running: null, total: result.outcome === "unchanged" ? "" : `      ${seconds(result.seconds)}` });
    if (update) settle(result.host);
    else if (result.outcome === "updated") write(`${result.host.padEnd(width)}  done: ${result.to} after ${seconds(result.seconds)}`);
    if (result.outcome === "unchanged") write(`${result.host.padEnd(width)}  already on ${result.to}`);
    for (const text of failureLines(result)) write(`${result.host.padEnd(width)}  ${text}`);
  }

  function event(event: Event): void {
    switch (event.type) {
      case "host-started":
        width = Math.max(width, event.host.length);
        lines.set(event.host, { done: [], running: null, since: Date.now(), total: "" });
        break;
      case "step-started": {
        const line = lines.get(event.host);
        if (line) Object.assign(line, { running: shortName(event.step), since: Date.now() });
        break;
      }
      case "step-ended": {
        const line = lines.get(event.host);
        const shown = event.outcome === "ok" && event.step !== "undo";
        if (line) line.running = null;
        if (line && shown && !QUIET_STEPS.has(event.step)) line.done.push(stepDone(event.step, event.seconds, event.detail));
        if (!live && shown) write(`${event.host.padEnd(width)}  ${stepDone(event.step, event.seconds, event.detail)}`);
        break;
      }
      case "host-ended": hostEnded(event.result); break;
      case "note": write(`${event.host ? `${event.host.padEnd(width)}  ` : ""}${event.message}`); break;
      case "command": write(`${event.host.padEnd(width)}  ${event.step ? `[${event.step}] ` : ""}${event.command}`); break;
      case "operation-ended": for (const text of summaryLines(event.summary)) write(text); break;
    }
    tick();
    draw();
  }

  return { event, text: write, data: () => {} };
}
