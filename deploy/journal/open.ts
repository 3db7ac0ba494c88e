/** Chooses the store. */
import { exitCode, messageOf, UserError } from "../errors.ts";
import type { Journal } from "./journal.ts";
import { placeOf } from "./place.ts";
import { openPostgres } from "./postgres.ts";
import { openSqlite } from "./sqlite.ts";

/** `state` is ETAGE_STATE: a path, relative to the project's root, or a PostgreSQL URL. `note`: what people should know of its ups and downs. */
export function openJournal(state: string | undefined, root: string, note: (message: string) => void = () => {}): Journal {
  const place = placeOf(state, root);
  if (place.kind === "postgres") return openPostgres(place, { note });
  try {
    return openSqlite(place.path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`the journal ${place.shown} can't be opened: ${messageOf(error)}`, { hint: "ETAGE_STATE names another place", code: exitCode.usage });
  }
}
