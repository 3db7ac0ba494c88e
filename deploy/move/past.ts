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
/** What a host needs besides the data, in bytes that take as long: without it, a large move would be guessed from a tiny one's rate. */
const FIXED_BYTES = 200e6;

export const pastMoves = async (journal: Journal): Promise<PastMove[]> => (await journal.operations(NEWEST)).flatMap(pastMove);

function pastMove({ verb, outcome, detail }: Pick<OperationEntry, "verb" | "outcome" | "detail">): PastMove[] {
  if (verb !== "move" || outcome !== "ok" || !detail?.startsWith("{")) return [];
  const { bytes, seconds, holdMilliseconds } = JSON.parse(detail) as Partial<MoveSummary>;
  return bytes === undefined || seconds === undefined || typeof holdMilliseconds !== "number" ? [] : [{ bytes, seconds, holdMilliseconds }];
}

/** `bytes`: of tables and files that are to be moved. */
export function predictMove(past: readonly PastMove[], bytes: number): MovePrediction {
  if (past.length === 0) return { seconds: null, hold: null, moves: 0 };
  const paces = past.map((one) => one.seconds / (one.bytes + FIXED_BYTES)).sort((a, b) => a - b);
  const holds = past.map(({ holdMilliseconds }) => holdMilliseconds).sort((a, b) => a - b);
  return {
    seconds: Math.max(1, Math.round(middle(paces) * (bytes + FIXED_BYTES))),
    hold: { usual: middle(holds), longest: holds.at(-1)! },
    moves: past.length,
  };
}

const middle = (sorted: readonly number[]): number => sorted[Math.floor((sorted.length - 1) / 2)]!;
