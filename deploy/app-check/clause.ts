import type { Site } from "./site.ts";

/** A sentence of docs/app-contract.md that can be tried. */
export interface Clause {
  name: string;
  /** Clauses without which this one cannot be tried. */
  needs?: readonly string[];
  /** Resolves with what was seen, in a few words; throws Broken. */
  check(site: Site): Promise<string>;
}

/** The image does not keep a clause: what was expected, and what came. */
export class Broken extends Error {}

/** Throws Broken unless it holds. */
export function must(holds: unknown, otherwise: string): asserts holds {
  if (!holds) throw new Broken(otherwise);
}

/** The JSON in a command's standard output. Throws Broken. */
export function json<T>(command: string, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Broken(`expected JSON on standard output of \`${command}\`, got ${excerpt(text)}`);
  }
}

/** One short line of what a program said. */
export const excerpt = (text: string): string => {
  const line = text.trim().split("\n").at(-1) ?? "";
  return line === "" ? "nothing" : JSON.stringify(line.length > 160 ? `${line.slice(0, 157)}...` : line);
};
