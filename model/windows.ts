/**
 * Maintenance windows: whether one is open at an instant, and when it opens next. A window is told by the wall clock of
 * its time zone: 02:00 to 05:00 on Sundays is that in summer and in winter. When clocks go forward, a window that begins
 * in the skipped hour opens when the hour is over; when they go back, one in the repeated hour is open both times.
 */
import type { Window } from "./schema.ts";

type Day = Window["days"][number];
export const DAYS: readonly Day[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MINUTES_A_DAY = 24 * 60;
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
  const from = minutes(window.from);
  const start = instant.getTime();
  for (let quarter = Math.floor(start / QUARTER) * QUARTER; quarter < start + HORIZON; quarter += QUARTER) {
    const wall = wallClock(window.timeZone, new Date(quarter));
    // Where in this quarter it opens: at its beginning (after a jump of the clock), or when `from` is reached.
    const ahead = isOpenAt(window, wall) ? 0 : from - wall.minute;
    if (ahead < 0 || ahead >= 15 || !isOpenAt(window, { ...wall, minute: wall.minute + ahead })) continue;
    const opening = quarter + ahead * MINUTE;
    if (opening >= start) return new Date(opening);
  }
  return undefined;
}

function isOpenAt({ days, from, to }: Window, { day, minute }: WallClock): boolean {
  const [opens, closes] = [minutes(from), minutes(to)];
  const opensOn = (which: number) => days.includes(DAYS[(which + 7) % 7]!);
  if (opens < closes) return opensOn(day) && minute >= opens && minute < closes;
  // Over midnight: the evening of a listed day, or the morning after it.
  return (opensOn(day) && minute >= opens) || (opensOn(day - 1) && minute < closes);
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const formatters = new Map<string, Intl.DateTimeFormat>();

function wallClock(timeZone: string, instant: Date): WallClock {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    formatters.set(timeZone, formatter);
  }
  const parts = Object.fromEntries(formatter.formatToParts(instant).map(({ type, value }) => [type, value]));
  return { day: DAYS.indexOf(parts.weekday!.toLowerCase() as Day), minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

/** Whether Intl knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
