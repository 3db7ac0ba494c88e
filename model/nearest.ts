import { distance } from "fastest-levenshtein";

/** "did you mean `x`?" for the known name nearest to what was written; undefined when none is near enough to be meant. */
export function didYouMean(written: string, known: Iterable<string>): string | undefined {
  const best = nearest(written, known);
  return best === undefined ? undefined : `did you mean \`${best}\`?`;
}

/** The known name that was probably meant: near by edits, or one begins with the other ("sunday", `sun`). */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  const lower = written.toLowerCase();
  for (const name of known) {
    const target = name.toLowerCase();
    const begins = Math.min(lower.length, target.length) >= 3 && (lower.startsWith(target) || target.startsWith(lower));
    const apart = begins ? Math.min(1, distance(lower, target)) : distance(lower, target);
    if (apart < bestDistance && apart <= tolerance(target.length)) [best, bestDistance] = [name, apart];
  }
  return best;
}

/** Two swapped letters are two edits; in a short word they are all of it. */
const tolerance = (length: number): number => length < 4 ? 1 : Math.max(2, Math.floor(length / 3));
