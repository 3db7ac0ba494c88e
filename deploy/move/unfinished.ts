/** Which move `resume` goes on with. */
import type { Journal } from "../journal/journal.ts";

const MOVES = ["move", "move back"];
const ROLLOUTS = ["update-all", "resume"];

/** The move that the operation named was, else the newest one when nothing else is newer and it did not end well. */
export async function unfinishedMove(journal: Pick<Journal, "newest" | "operation">, id: string | undefined): Promise<{ slug: string; back: boolean } | undefined> {
  const found = id === undefined ? await journal.newest([...MOVES, "move abort", "move finish", ...ROLLOUTS]) : await journal.operation(id);
  if (!found || !MOVES.includes(found.verb)) return undefined;
  return id !== undefined || found.outcome !== "ok" ? { slug: found.subject, back: found.verb === "move back" } : undefined;
}
