/** Tries every clause of docs/app-contract.md on an image. */
import { Interrupted, UserError } from "../errors.ts";
import { Broken, type Clause } from "./clause.ts";
import { Site, type SiteOptions } from "./site.ts";

export interface ClauseResult {
  clause: string;
  /** `skipped`: it needs another one that does not hold. */
  outcome: "holds" | "broken" | "skipped";
  /** What was seen, or expected; for people. */
  detail: string;
  seconds: number;
}

export interface CheckOptions extends SiteOptions {
  clauses: readonly Clause[];
  /** Of the database that lives as long as the check. */
  password: string;
  signal: AbortSignal;
  /** Told of each result at once. */
  tell(result: ClauseResult): void;
}

/** Makes what the image needs, tries the clauses one after the other, and removes all of it again. Throws UserError when it cannot be tried at all. */
export async function checkApp({ clauses, password, signal, tell, ...options }: CheckOptions): Promise<ClauseResult[]> {
  const site = new Site(options);
  const results: ClauseResult[] = [];
  try {
    await site.build(password);
    for (const clause of clauses) {
      if (signal.aborted) throw new Interrupted(signal.reason);
      const result = await tryClause(clause, site, results);
      results.push(result);
      tell(result);
    }
    return results;
  } finally {
    await site.clear();
  }
}

/** Pure but for the clause itself. */
export async function tryClause({ name, needs = [], check }: Clause, site: Site, before: readonly ClauseResult[]): Promise<ClauseResult> {
  const missing = needs.filter((need) => before.find(({ clause }) => clause === need)?.outcome !== "holds");
  if (missing.length > 0) return { clause: name, outcome: "skipped", detail: `needs ${missing.join(", ")}`, seconds: 0 };
  const began = performance.now();
  const ended = (outcome: ClauseResult["outcome"], detail: string): ClauseResult => ({ clause: name, outcome, detail, seconds: Math.round((performance.now() - began) / 100) / 10 });
  try {
    return ended("holds", await check(site));
  } catch (error) {
    if (error instanceof Broken || error instanceof UserError) return ended("broken", error.message);
    throw error;
  }
}
