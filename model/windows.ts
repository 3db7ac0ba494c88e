/**
 * Maintenance windows: whether one is open at an instant, and when it opens next. A window is told by the wall clock of
 * its time zone: 02:00 to 05:00 on Sundays is that in summer and in winter. When clocks go forward, a window that begins
 * in the skipped hour opens when the hour is over; when they go back, one in the repeated hour is open both times.
 */
import type { Window } from "./schema.ts";

type Day = Window["days"][number];
export const DAYS: readonly Day[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MINUTES_A_DAY = 24 * 60;
const MINUTES_A_WEEK = 7 * MINUTES_A_DAY;
const MINUTE = 60_000;
/** Zones are offset from UTC by whole quarters of an hour, and change at them: within one, wall clocks run evenly. */
const QUARTER = 15 * MINUTE;
/** Two weeks and a day: a weekly opening may fall into a skipped hour once. */
const HORIZON = 15 * MINUTES_A_DAY * MINUTE;

interface WallClock {
  /** 0 is Sunday. */
  day: number;
  /** Minutes since midnight. */
  minute: number;
}

/** Whether a window is open at an instant. It is at `from` and no more at `to`. */
export function isOpen(window: Window, instant: Date): boolean {
  return isOpenAt(window, wallClock(window.timeZone, instant));
}

/** The instant itself when the window is open, else when it opens next; undefined when never within two weeks. */
export function nextOpening(window: Window, instant: Date): Date | undefined {
  if (isOpen(window, instant)) return instant;
  const start = instant.getTime();
  let quarter = Math.floor(start / QUARTER) * QUARTER;
  while (quarter < start + HORIZON) {
    const wall = wallClock(window.timeZone, new Date(quarter));
    // Where in this quarter it opens: at its beginning (after a jump of the clock), or when `from` is reached. It may also be open at its beginning, close, and open again.
    for (const ahead of [0, minutes(window.from) - wall.minute]) {
      const opening = quarter + ahead * MINUTE;
      if (ahead >= 0 && ahead < 15 && opening >= start && isOpenAt(window, { ...wall, minute: wall.minute + ahead })) return new Date(opening);
    }
    // Straight to the quarter in which it opens if clocks don't change on the way; else step by step.
    const leap = Math.floor(untilOpening(window, wall) / 15) * QUARTER;
    const even = leap > QUARTER && (minuteOfWeek(wallClock(window.timeZone, new Date(quarter + leap))) - minuteOfWeek(wall) - leap / MINUTE) % MINUTES_A_WEEK === 0;
    quarter += even ? leap : QUARTER;
  }
  return undefined;
}

const minuteOfWeek = ({ day, minute }: WallClock): number => day * MINUTES_A_DAY + minute;

/** Minutes to the next opening if no clock is changed before; up to a week. */
function untilOpening({ days, from }: Window, wall: WallClock): number {
  return Math.min(...days.map((day) => {
    const apart = DAYS.indexOf(day) * MINUTES_A_DAY + minutes(from) - minuteOfWeek(wall);
    return apart > 0 ? apart : apart + MINUTES_A_WEEK;
  }));
}

function isOpenAt({ days, from, to }: Window, { day, minute }: WallClock): boolean {
  const [opens, closes] = [minutes(from), minutes(to)];
  const opensOn = (which: number) => days.includes(DAYS[(which + 7) % 7]!);
  if (opens < closes) return opensOn(day) && minute >= opens && minute < closes;
  // Over midnight: the evening of a listed day, or the morning after it.
  return (opensOn(day) && minute >= opens) || (opensOn(day - 1) && minute < closes);
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Making a formatter takes longer than using it a hundred times. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError when Intl does not know the zone. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  formatters.set(timeZone, made);
  return made;
}

function wallClock(timeZone: string, instant: Date): WallClock {
  const parts = Object.fromEntries(formatterOf(timeZone).formatToParts(instant).map(({ type, value }) => [type, value]));
  return { day: DAYS.indexOf(parts.weekday!.toLowerCase() as Day), minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

/** Whether Intl knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}
