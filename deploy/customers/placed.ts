/** Where a new customer of a shared tier goes when nobody said it. Pure. */
import { FIRST_SHARED_HOST, type Fleet } from "../../model/fleet.ts";
import type { Limits } from "../../model/schema.ts";
import { hostWithRoom, type Overfull, overfull } from "../capacity/admission.ts";
import type { Edit } from "./edit.ts";

/** The edit with the first shared host that has room; as it is when that is the first of all, when one is named, or none has room. */
export function placed(fleet: Fleet | undefined, edit: Edit): Edit {
  if (!fleet || edit.do !== "add" || edit.changes.texts?.host || !edit.changes.texts?.tier) return edit;
  const { texts, limits = {} } = edit.changes;
  const own = Object.fromEntries(Object.entries(limits).filter(([, value]) => typeof value === "number")) as Limits;
  const host = hostWithRoom(fleet, texts.tier!, own);
  return host === undefined || host === FIRST_SHARED_HOST ? edit : { ...edit, changes: { ...edit.changes, texts: { ...texts, host } } };
}

/** What an edit overfills; null also when somebody said that it may. */
export const overfullBy = (before: Fleet | undefined, after: Fleet | undefined, edit: Edit): Overfull | null =>
  after && edit.do !== "remove" && !edit.changes.anyway ? overfull(before, after, edit.slug) : null;
