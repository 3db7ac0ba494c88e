import { distance } from "fastest-levenshtein";

/** "did you mean `x`?" for the known name nearest to what was written; undefined when none is near enough to be meant. */
export function didYouMean(written: string, known: Iterable<string>): string | undefined {
  const best = nearest(written, known);
  return best === undefined ? undefined : `did you mean \`${best}\`?`;
}

/** The known name that was probably meant: a third of its letters may differ, at least one. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of known) {
    const apart = distance(written.toLowerCase(), name.toLowerCase());
    if (apart < bestDistance && apart <= Math.max(1, Math.floor(name.length / 3))) [best, bestDistance] = [name, apart];
  }
  return best;
}
