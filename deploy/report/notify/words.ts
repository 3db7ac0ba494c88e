/** A message in words: a headline and lines under it, for Slack and mail. */
import { censusLine } from "../summary.ts";
import { count, hostsNamed, seconds } from "../units.ts";
import type { Message } from "./message.ts";
import { endHeadline, endWordsOf } from "./move-message.ts";

export interface Words { headline: string; lines: string[] }

/** `mark` makes the most important word stand out. */
export function wordsOf(message: Message, mark: (text: string) => string = (text) => text): Words {
  const what = mark(`${message.verb} ${"customer" in message ? message.customer : message.release}`);
  const who = `by ${message.by} from ${message.machine}`;
  switch (message.kind) {
    case "start": return { headline: `${what} begins: ${count(message.hosts, "host")} in ${count(message.rings, "ring")}`, lines: [who] };
    case "failure": {
      const lines = [...(message.undone ? [message.undone] : []), who];
      const named = mark(hostsNamed(message.hosts));
      return { headline: `${what}: ${named} ${message.ring === null ? `failed${message.step ? ` in ${message.step}` : ""}` : `did not do well while ring ${message.ring} was watched`}`, lines };
    }
    case "move-start": return { headline: `${what} begins: ${message.from} → ${message.to}`, lines: [who] };
    case "erasure-ahead": return { headline: `${mark(message.customer)}: its data is erased on ${message.eraseOn}, in ${count(message.daysLeft, "day")}`, lines: [`until then: deploy customer resume ${message.customer}`, who] };
    case "erasure-end": return { headline: `${what} ${ENDS[message.outcome]} after ${seconds(message.seconds)}`, lines: [`on ${message.host}`, who] };
    case "move-end": return { headline: `${what} ${endHeadline(message)}`, lines: [...endWordsOf(message), who] };
    case "end": return { headline: `${what} ${ENDS[message.outcome]} after ${seconds(message.seconds)}`, lines: [...endLines(message), who] };
  }
}

const ENDS = { done: "is done", failed: "failed", halted: "halted", stopped: "was stopped", broken: "broke off without a result" };

function endLines({ hosts, waiting, census }: Extract<Message, { kind: "end" }>): string[] {
  const named = (outcome: (typeof hosts)[number]["outcome"]): string[] => hosts.filter((host) => host.outcome === outcome).map(({ host }) => host);
  const line = (title: string, names: readonly string[]): string[] => names.length > 0 ? [`${title}: ${hostsNamed(names)}`] : [];
  return [
    ...line("updated", named("updated")),
    ...hosts.filter(({ outcome }) => outcome === "failed").map(({ host, step, undone }) => `failed: ${host}${step ? ` in ${step}` : ""}${undone ? `; ${undone}` : ""}`),
    ...line("brought back", named("reverted")),
    ...line("not reached", named("not-reached")),
    ...waiting.map(({ host, until }) => `waits: ${host}${until ? ` until ${until}` : ""}`),
    ...(census ? [`runs now: ${censusLine(census)}`] : []),
  ];
}
