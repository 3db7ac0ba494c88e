/** Lines that stay: what of an event is worth reading later, on a terminal as in a log. */
import type { Event } from "./event.ts";
import { lifeLines } from "./life-summary.ts";
import { moveLines } from "./move-summary.ts";
import type { Progress } from "./progress.ts";
import { restoreLines } from "./restore-summary.ts";
import { summaryLines } from "./summary.ts";
import { clock, duration, hostsNamed } from "./units.ts";
import { endWords, failureLines, QUIET_STEPS, sampleWords, stepDone } from "./words.ts";

/** `host` null: it is about the operation. */
export interface Line { host: string | null; text: string }

const about = (host: string | null, ...texts: string[]): Line[] => texts.flatMap((text) => text.split("\n")).map((text) => ({ host, text }));

/** `progress`: before the event. */
export function lastingLines(event: Event, progress: Progress): Line[] {
  switch (event.type) {
    case "ring-started": return event.of > 1 ? about(null, `ring ${event.ring} of ${event.of} (${event.name}): ${hostsNamed(event.hosts)}`) : [];
    case "host-ended": return about(event.result.host, ...failureLines(event.result));
    case "bake-ended":
      if (event.faults.length === 0) return about(null, `✓ ring ${event.ring} watched for ${duration(progress.bake?.seconds ?? 0)}: all well`);
      return event.faults.flatMap(({ host, fault }) => about(host, `✗ while it was watched: ${fault}`));
    case "revert-started": return about(null, `↩ bringing back ${hostsNamed(event.hosts)}`);
    case "note": return about(event.host, event.message);
    case "command": return about(event.host, `${event.step ? `[${event.step}] ` : ""}${event.command}`);
    case "operation-ended": return about(null, ...summaryLines(event.summary));
    case "move-started": case "move-ended": return moveLines(event);
    case "restore-started": case "restore-ended": return restoreLines(event);
    case "customer-ended": return lifeLines(event);
    default: return [];
  }
}

/** Waiting and watching are told again after so many milliseconds. */
const AGAIN = 60_000;

/** For a log that nobody watches: also each step, and a sign of life now and then. */
export function logLines(): (event: Event, progress: Progress, at: number) => Line[] {
  const told = new Map<string, number>();
  const due = (what: string, at: number): boolean => {
    if (at - (told.get(what) ?? -Infinity) < AGAIN) return false;
    told.set(what, at);
    return true;
  };
  return (event, progress, at) => {
    const lasting = lastingLines(event, progress);
    switch (event.type) {
      case "host-started": return about(event.host, `${event.action} ${event.from ?? "nothing"} → ${event.to}`);
      case "step-ended": {
        const worth = event.outcome === "ok" && event.step !== "undo" && !QUIET_STEPS.has(event.step);
        return worth ? about(event.host, stepDone(event.step, event.seconds, event.detail)) : [];
      }
      case "move-step-ended": return event.outcome === "ok" ? about(event.customer, stepDone(event.step, event.seconds, event.detail)) : [];
      case "customer-step-ended": return event.outcome === "ok" ? about(event.customer, stepDone(event.step, event.seconds, event.detail)) : [];
      case "customer-progress": return due(`${event.customer} ${event.step}`, at) ? about(event.customer, `… ${event.step}: ${event.text}`) : [];
      case "restore-step-ended": return event.outcome === "ok" ? about(event.subject, stepDone(event.step, event.seconds, event.detail)) : [];
      case "restore-progress": return due(`${event.subject} ${event.step}`, at) ? about(event.subject, `… ${event.step}: ${event.text}`) : [];
      case "move-progress": return due(`${event.customer} ${event.step}`, at) ? about(event.customer, `… ${event.step}: ${event.text}`) : [];
      case "waiting": return due(`${event.host} ${event.for}`, at) ? about(event.host, `… waits for ${event.for}${event.seconds >= 1 ? ` ${clock(event.seconds)}` : ""}`) : [];
      case "bake-started":
        due(`bake ${event.ring}`, at);
        return about(null, `… watching ${hostsNamed(event.hosts)} for ${duration(event.seconds)}`);
      case "bake-sample": {
        const samples = event.hosts.map((sample) => ({ host: sample.host, text: `  ${sampleWords(sample)}` }));
        return due(`bake ${event.ring}`, at) ? [{ host: null, text: `… watching ring ${event.ring}: ${clock(event.secondsLeft)} left` }, ...samples] : [];
      }
      case "host-ended": {
        const words = endWords(event.result);
        return [...(words === null ? [] : about(event.result.host, words)), ...lasting];
      }
      default: return lasting;
    }
  };
}
