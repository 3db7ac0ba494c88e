/** Listens to an operation's events and has them told: that it begins, its first failure at once, how it ended. */
import type { Report } from "../event.ts";
import { bakeContent, brokenContent, endContent, failureContent, type Subject } from "./message.ts";
import { type MoveEnd, moveEndContent } from "./move-message.ts";
import type { Notifier } from "./notifier.ts";

export interface Notices {
  /** Passes everything on to the report that was given. */
  report: Report;
  /** When nothing more will happen, also after an exception. Tells in notes what could not be told. */
  close(): Promise<void>;
}

export function noticesOf(report: Report, notifier: Notifier, who: Pick<Subject, "platform" | "by" | "machine">, now: () => Date): Notices {
  let subject: Subject | undefined;
  let began = now();
  let failed = false;
  let ended = false;
  let moving: Pick<MoveEnd, "customer" | "from" | "to"> | undefined;

  const event: Report["event"] = (event) => {
    report.event(event);
    // A run that finds nothing to do is no news.
    if (event.type === "operation-started" && event.hosts > 0) {
      subject = { ...who, operation: event.operation, verb: event.verb, release: event.release };
      began = now();
      notifier.tell("start", { ...subject, hosts: event.hosts, rings: event.rings });
    }
    if (event.type === "move-started") {
      subject = { ...who, operation: event.operation, verb: event.verb, release: event.release };
      moving = { customer: event.customer, from: event.from, to: event.to };
      began = now();
      notifier.tell("move-start", { ...subject, ...moving });
    }
    if (event.type === "customer-ended" && event.summary.verb === "erase") {
      const { ok, stopped, customer, host, seconds, operation, verb } = event.summary;
      notifier.tell("erasure-end", { ...who, operation, verb, release: "", customer, host, seconds, outcome: ok ? "done" : stopped ? "stopped" : "failed" });
    }
    if (!subject) return;
    if (event.type === "move-ended") {
      ended = true;
      notifier.tell("move-end", { ...subject, ...moveEndContent(event.summary) });
    } else if (event.type === "operation-ended") {
      ended = true;
      notifier.tell("end", { ...subject, ...endContent(event.summary) });
    } else if (!failed && event.type === "host-ended" && event.result.outcome === "failed" && !event.result.failure?.interrupted) {
      failed = true;
      notifier.tell("failure", { ...subject, ...failureContent(event.result) });
    } else if (!failed && event.type === "bake-ended" && event.faults.length > 0) {
      failed = true;
      notifier.tell("failure", { ...subject, ...bakeContent(event.ring, event.faults.map(({ host }) => host)) });
    }
  };

  return {
    report: { ...report, event },
    async close() {
      const took = (now().getTime() - began.getTime()) / 1000;
      if (subject && !ended && moving) notifier.tell("move-end", { ...subject, ...moving, outcome: "broken", serving: null, seconds: took, holdMilliseconds: null, failedRequests: null, step: null });
      else if (subject && !ended) notifier.tell("end", { ...subject, ...brokenContent(took) });
      for (const fault of await notifier.settle()) report.event({ type: "note", host: null, message: fault });
    },
  };
}
