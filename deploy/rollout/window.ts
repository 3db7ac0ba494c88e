/** Maintenance windows: whether one is open, and when it opens next. Walls and clocks of the window's own time zone. */
import type { Window } from "../../model/schema.ts";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function local(at: Date, timeZone: string): { day: number; minute: number } {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
    .formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: DAYS.indexOf(parts.weekday!.toLowerCase() as (typeof DAYS)[number]), minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

/** A window whose end is not after its start runs past midnight; its day is the one it starts on. */
export function isOpen(window: Window, at: Date): boolean {
  const { day, minute } = local(at, window.timeZone);
  const from = minutes(window.from);
  const to = minutes(window.to);
  const on = (index: number): boolean => window.days.includes(DAYS[(index + 7) % 7]!);
  if (from < to) return on(day) && minute >= from && minute < to;
  return (on(day) && minute >= from) || (on(day - 1) && minute < to);
}

/** `Sun 02:00`: the next start, by the window's own clock. */
export function nextOpening(window: Window, at: Date): string {
  const { day, minute } = local(at, window.timeZone);
  for (let ahead = 0; ahead <= 7; ahead++) {
    const name = DAYS[(day + ahead) % 7]!;
    if (!window.days.includes(name) || (ahead === 0 && minute >= minutes(window.from))) continue;
    return `${name[0]!.toUpperCase()}${name.slice(1)} ${window.from}`;
  }
  return window.from;
}
