/** Windows by the wall clock: around their edges, over midnight, and when clocks change. */
import { describe, expect, it } from "vitest";
import type { Window } from "../../model/schema.ts";
import { isOpen, isTimeZone, nextOpening } from "../../model/windows.ts";

/** "sun,mon 02:00-05:00 Europe/Berlin" */
function window(text: string): Window {
  const [days = "", times = "", timeZone = ""] = text.split(" ");
  const [from = "", to = ""] = times.split("-");
  return { days: days.split(",") as Window["days"], from, to, timeZone };
}

const SUNDAY = "sun 02:00-05:00 Europe/Berlin";
const NIGHT = "fri 23:00-01:30 Europe/Istanbul";

describe("open or not", () => {
  // 2026-11-22 is a Sunday. Berlin: UTC+1 in winter, +2 in summer; Istanbul: always +3.
  const cases: [window: string, instant: string, open: boolean][] = [
    [SUNDAY, "2026-11-22T00:59:59Z", false],
    [SUNDAY, "2026-11-22T01:00:00Z", true],
    [SUNDAY, "2026-11-22T03:59:59Z", true],
    [SUNDAY, "2026-11-22T04:00:00Z", false],
    [SUNDAY, "2026-11-23T02:00:00Z", false],
    [SUNDAY, "2026-07-05T00:30:00Z", true],
    [SUNDAY, "2026-07-05T03:30:00Z", false],
    [NIGHT, "2026-11-20T19:59:00Z", false],
    [NIGHT, "2026-11-20T20:00:00Z", true],
    [NIGHT, "2026-11-20T22:29:00Z", true],
    [NIGHT, "2026-11-20T22:30:00Z", false],
    [NIGHT, "2026-11-19T22:00:00Z", false],
    [NIGHT, "2026-11-21T20:30:00Z", false],
    ["sat 22:00-02:00 UTC", "2026-11-22T01:00:00Z", true],
    ["sun 22:00-02:00 UTC", "2026-11-22T01:00:00Z", false],
    ["mon 00:00-00:30 Pacific/Auckland", "2026-11-22T11:15:00Z", true],
    // Clocks go forward, 02:00 → 03:00 at 01:00Z.
    ["sun 02:30-05:00 Europe/Berlin", "2026-03-29T00:59:00Z", false],
    ["sun 02:30-05:00 Europe/Berlin", "2026-03-29T01:00:00Z", true],
    ["sun 02:00-03:00 Europe/Berlin", "2026-03-29T01:00:00Z", false],
    // Clocks go back, 03:00 → 02:00 at 01:00Z: 02:30 is there twice.
    ["sun 02:00-03:00 Europe/Berlin", "2026-10-25T00:30:00Z", true],
    ["sun 02:00-03:00 Europe/Berlin", "2026-10-25T01:30:00Z", true],
    ["sun 02:00-03:00 Europe/Berlin", "2026-10-25T02:00:00Z", false],
  ];
  it.each(cases)("%s at %s: %s", (text, instant, open) => {
    expect(isOpen(window(text), new Date(instant))).toBe(open);
  });
});

describe("next opening", () => {
  const cases: [window: string, from: string, opening: string][] = [
    [SUNDAY, "2026-11-21T12:00:00Z", "2026-11-22T01:00:00Z"],
    [SUNDAY, "2026-11-22T02:00:00Z", "2026-11-22T02:00:00Z"],
    [SUNDAY, "2026-11-22T04:00:00Z", "2026-11-29T01:00:00Z"],
    [SUNDAY, "2026-11-22T00:59:30Z", "2026-11-22T01:00:00Z"],
    ["mon,thu 04:20-04:25 Asia/Kathmandu", "2026-11-22T12:00:00Z", "2026-11-22T22:35:00Z"],
    [NIGHT, "2026-11-20T22:30:00Z", "2026-11-27T20:00:00Z"],
    // Summer time begins between: 02:00 is then an hour earlier in UTC.
    ["mon 02:00-03:00 Europe/Berlin", "2026-03-24T00:00:00Z", "2026-03-30T00:00:00Z"],
    // It would open in the skipped hour, and opens at the end of it.
    ["sun 02:30-05:00 Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"],
    // The skipped hour is all of it: a week later.
    ["sun 02:00-03:00 Europe/Berlin", "2026-03-28T12:00:00Z", "2026-04-05T00:00:00Z"],
    // The repeated hour: open both times.
    ["sun 02:00-03:00 Europe/Berlin", "2026-10-25T00:59:00Z", "2026-10-25T00:59:00Z"],
    ["sun 02:10-02:40 Europe/Berlin", "2026-10-25T00:50:00Z", "2026-10-25T01:10:00Z"],
    // It closes and opens within one quarter of an hour.
    ["fri,sat 23:51-23:46 Australia/Lord_Howe", "2026-04-04T12:50:59Z", "2026-04-04T12:51:00Z"],
    // Lord Howe Island changes by half an hour.
    ["sun 02:15-04:00 Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"],
  ];
  it.each(cases)("%s after %s: %s", (text, from, opening) => {
    expect(nextOpening(window(text), new Date(from))?.toISOString()).toBe(new Date(opening).toISOString());
  });
  it("is open then, and not a minute before", () => {
    for (let hour = 0; hour < 24 * 400; hour += 131) {
      const from = new Date(Date.UTC(2026, 0, 1, hour, 17));
      for (const text of ["tue 09:05-09:10 America/St_Johns", "sat,sun 23:50-00:10 Europe/London", "wed 03:00-03:30 America/Santiago"]) {
        const opening = nextOpening(window(text), from)!;
        expect(isOpen(window(text), opening), `${text} after ${from.toISOString()}`).toBe(true);
        if (opening > from) expect(isOpen(window(text), new Date(opening.getTime() - 60_000)), `${text} before ${opening.toISOString()}`).toBe(false);
      }
    }
  });
});

it("knows time zones", () => {
  expect(["Europe/Istanbul", "UTC", "Europe/Istambul", ""].map(isTimeZone)).toEqual([true, true, false, false]);
});
