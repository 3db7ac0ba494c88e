/**
 * How many more fit, of anything:
 *
 *     usable = has × percent
 *     taken  = the larger of fixed + promised, and what was measured
 *     more   = (usable − taken) / each, whole ones
 *
 * Pure; no unit is assumed but that all figures have the same one.
 */
export interface Part { name: string; amount: number }

export interface RoomInput {
  has: number;
  /** How much of it may be given out. */
  percent: number;
  /** What is taken whoever lives there. */
  fixed: readonly Part[];
  /** What those who live there are counted with, together. */
  promised: number;
  /** What one more is counted with. */
  each: number;
  /** What is really used; null: not known. */
  measured?: number | null;
}

export interface Room extends Required<Omit<RoomInput, "fixed">> {
  usable: number;
  fixed: Part[];
  taken: number;
  /** Negative when more is taken than may be given out. */
  free: number;
  /** Infinity where one more takes nothing. */
  more: number;
}

export function roomOf({ has, percent, fixed, promised, each, measured = null }: RoomInput): Room {
  const usable = rounded(has * percent / 100);
  const taken = rounded(Math.max(sum(fixed) + promised, measured ?? 0));
  const free = rounded(usable - taken);
  const more = each > 0 ? Math.max(0, Math.floor(rounded(free / each))) : free < 0 ? 0 : Infinity;
  return { has, percent, usable, fixed: [...fixed], promised: rounded(promised), measured, taken, free, each, more };
}

export const sum = (parts: readonly Part[]): number => parts.reduce((total, { amount }) => total + amount, 0);

/** Twenty times 0.05 is 1, and not a hair more. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
