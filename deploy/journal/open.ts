/** Chooses the store. */
import { isAbsolute, join } from "node:path";
import { exitCode, messageOf, UserError } from "../errors.ts";
import type { Journal } from "./journal.ts";
import { openSqlite } from "./sqlite.ts";

export const DEFAULT_STATE = ".etage/journal.sqlite";

/** `state` is ETAGE_STATE: a path, relative to the project's root. Only SQLite files so far. */
export function openJournal(state: string | undefined, root: string): Journal {
  const place = state ?? DEFAULT_STATE;
  if (/^[a-z]+:\/\//i.test(place)) {
    throw new UserError(`ETAGE_STATE is ${new URL(place).protocol}//…, and only SQLite files are known`, { hint: "set it to a path, or leave it out", code: exitCode.usage });
  }
  try {
    return openSqlite(isAbsolute(place) ? place : join(root, place));
  } catch (error) {
    throw new UserError(`the journal ${place} can't be opened: ${messageOf(error)}`, { hint: "ETAGE_STATE names another place", code: exitCode.usage });
  }
}
