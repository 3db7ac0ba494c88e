/** How something about a customer ended, as lines that stay. */
import type { Event } from "./event.ts";
import type { LifeSummary } from "./life-event.ts";
import { seconds } from "./units.ts";

export function lifeLines(event: Event): { host: string | null; text: string }[] {
  return event.type === "customer-ended" ? lifeSummaryLines(event.summary).map((text) => ({ host: null, text })) : [];
}

export function lifeSummaryLines({ ok, stopped, verb, customer, operation, failure, came, certificate, next, seconds: took }: LifeSummary): string[] {
  if (ok) return [`Done: ${verb} ${customer}${came ? `: ${came}` : ""}. ${seconds(took)}`, ...(certificate ? [`  certificate  ${certificate}`] : []), ...(next ? [`Next: ${next}`] : [])];
  const [first = "", ...more] = failure?.reason.split("\n") ?? [];
  return [
    `${stopped ? "Stopped" : "Failed"}: ${verb} ${customer}${failure ? `: ${failure.step}: ${first}` : ""}`, ...more.map((line) => `  ${line}`),
    ...(failure?.hint ? [`  ${failure.hint}`] : []), `  journal: deploy history show ${operation}`, ...(next ? [`Next: ${next}`] : []),
  ];
}
