import type { Path } from "../faults.ts";
import { didYouMean } from "../nearest.ts";
import type { Window } from "../schema.ts";
import { isTimeZone } from "../windows.ts";
import { inCustomer, inHosting, type Draft, type Finding, type Rule } from "./draft.ts";

type Found = (path: Path, message: string, suggestion?: string) => Finding;

function* windows({ tiers, customers }: Draft): Iterable<[Window, Found]> {
  for (const [name, { window }] of tiers ?? []) {
    if (window) yield [window, (path, message, suggestion) => inHosting(["tiers", name, "window", ...path], message, suggestion)];
  }
  for (const customer of customers) {
    if (customer.value.window) yield [customer.value.window, (path, message, suggestion) => inCustomer(customer, ["window", ...path], message, suggestion)];
  }
}

export const windowLength: Rule = {
  name: "window-length", severity: "fault",
  says: "A window ends at another time than it begins.",
  *check(draft) {
    for (const [{ from, to }, found] of windows(draft)) {
      if (from === to) yield found(["to"], `the window begins and ends at ${from}`, "for any time, leave the window out");
    }
  },
};

export const windowDays: Rule = {
  name: "window-days", severity: "fault",
  says: "A window names each day once.",
  *check(draft) {
    for (const [{ days }, found] of windows(draft)) {
      for (const [index, day] of days.entries()) {
        if (days.indexOf(day) < index) yield found(["days", index], `${day} is listed twice`, "remove one");
      }
    }
  },
};

export const knownTimeZone: Rule = {
  name: "known-time-zone", severity: "fault",
  says: "A window's time zone is an IANA name such as Europe/Istanbul.",
  *check(draft) {
    for (const [{ timeZone }, found] of windows(draft)) {
      // An offset (`+03:00`) would be accepted by Intl, and be wrong for half of the year in most places.
      if (isTimeZone(timeZone) && !/^[+-]/.test(timeZone)) continue;
      yield found(["timeZone"], `"${timeZone}" is no IANA time zone`, zoneMeant(timeZone) ?? "for example Europe/Istanbul");
    }
  },
};

/** By spelling, or by the city alone ("Berlin"). */
function zoneMeant(written: string): string | undefined {
  const zones = Intl.supportedValuesOf("timeZone");
  const byCity = zones.find((zone) => zone.toLowerCase().endsWith(`/${written.toLowerCase()}`));
  return byCity ? `did you mean \`${byCity}\`?` : didYouMean(written, zones);
}
