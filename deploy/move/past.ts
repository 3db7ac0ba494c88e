/** What past moves say about the next one. Pure but for reading the journal. */
import type { Journal, OperationEntry } from "../journal/journal.ts";
import type { MoveSummary } from "../report/move-event.ts";

export interface PastMove { bytes: number; seconds: number; holdMilliseconds: number }

export interface MovePrediction {
  /** Null: nothing was moved from here yet. */
  seconds: number | null;
  /** Of past holds: the middle one and the longest; null: there was none. */
  hold: { usual: number; longest: number } | null;
  /** How many moves it is made of. */
  moves: number;
}

/** How many operations are looked through. */
const NEWEST = 500;
/** Seconds a byte takes to be copied, compared and carried, as long as moves of different sizes do not say better. */
const PACE = 1 / 20e6;
/** Bytes by which two moves must differ to tell the pace from what every move takes, whatever its size. */
const APART = 100e6;

export const pastMoves = async (journal: Journal): Promise<PastMove[]> => (await journal.operations(NEWEST)).flatMap(pastMove);

function pastMove({ verb, outcome, detail }: Pick<OperationEntry, "verb" | "outcome" | "detail">): PastMove[] {
  if (verb !== "move" || outcome !== "ok" || !detail?.startsWith("{")) return [];
  const { bytes, seconds, holdMilliseconds } = JSON.parse(detail) as Partial<MoveSummary>;
  return bytes === undefined || seconds === undefined || typeof holdMilliseconds !== "number" ? [] : [{ bytes, seconds, holdMilliseconds }];
}

/** `bytes`: of tables and files that are to be moved. What every move takes, and what a byte takes, are told apart: a large move must not be guessed from a tiny one's rate. */
export function predictMove(past: readonly PastMove[], bytes: number): MovePrediction {
  if (past.length === 0) return { seconds: null, hold: null, moves: 0 };
  const pace = paceOf(past);
  const fixed = sorted(past.map((one) => one.seconds - one.bytes * pace));
  const holds = sorted(past.map(({ holdMilliseconds }) => holdMilliseconds));
  return { seconds: Math.max(1, Math.round(Math.max(0, middle(fixed)) + bytes * pace)), hold: { usual: middle(holds), longest: holds.at(-1)! }, moves: past.length };
}

/** The middle one of all pairs that differ enough; without such a pair the usual one, or what the quickest did. */
function paceOf(past: readonly PastMove[]): number {
  const pairs = past.flatMap((one, at) => past.slice(at + 1).filter((other) => Math.abs(one.bytes - other.bytes) >= APART).map((other) => (one.seconds - other.seconds) / (one.bytes - other.bytes)));
  return pairs.length > 0 ? Math.max(0, middle(sorted(pairs))) : Math.min(PACE, ...past.filter((one) => one.bytes > 0).map((one) => one.seconds / one.bytes));
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const middle = (values: readonly number[]): number => values[Math.floor((values.length - 1) / 2)]!;
