/** What an edit of customers.yaml comes to: the new text, what is wrong with it, what it means, what to type next. Pure. */
import { structuredPatch } from "diff";
import { parseFile, type SourceFile } from "../../model/document.ts";
import { type Fault, ModelError } from "../../model/faults.ts";
import { didYouMean } from "../../model/nearest.ts";
import { validate } from "../../model/validate.ts";
import type { Overfull } from "../capacity/admission.ts";
import { exitCode, UserError } from "../errors.ts";
import { consequences } from "./consequences.ts";
import type { Edit } from "./edit.ts";
import { editedText } from "./edit-text.ts";
import { overfullBy, placed } from "./placed.ts";
import { listOf } from "./read-list.ts";
import { Uneditable } from "./text/source.ts";

export interface EditPlan {
  edit: Edit;
  before: string;
  /** The same as `before` when there is nothing to change. */
  after: string;
  /** Changed lines with two around them; "" without a change. */
  diff: string;
  /** Of the files as they would be. With one, nothing may be written. */
  faults: Fault[];
  /** Those that the edit brings. */
  warnings: Fault[];
  /** It makes a shared host fuller than it may be, and nobody said `anyway`: then nothing may be written either. */
  overfull: Overfull | null;
  /** What a person should know before saying yes. */
  notices: string[];
  /** Commands that bring it to the hosts, in order. */
  next: string[];
  /** Hosts that need nothing but to be told. */
  tell: string[];
}

/**
 * @throws ModelError when customers.yaml can't be read as a list of customers.
 * @throws UserError (usage) for a slug that there is not, and for a file that has to be edited by hand.
 */
export function planEdit(hosting: SourceFile, customers: SourceFile, asked: Edit): EditPlan {
  const old = validate(hosting, customers);
  const edit = placed(old.fleet, asked);
  const list = customers.faults.length === 0 ? listOf(customers.data) : undefined;
  if (!list) throw new ModelError(old.faults);
  mustBeThere(list.map(({ slug }) => String(slug)), edit);
  const after = textAfter(customers.text, list, edit);
  const { fleet, faults, warnings } = after === customers.text ? old : validate(hosting, parseFile("customers.yaml", after));
  return {
    edit, before: customers.text, after, diff: diffOf(customers.text, after), faults,
    overfull: overfullBy(old.fleet, fleet, edit),
    warnings: warnings.filter(({ message }) => !old.warnings.some((known) => known.message === message)),
    ...(fleet && after !== customers.text ? consequences(old.fleet, fleet, edit) : { notices: [], next: [], tell: [] }),
  };
}

function mustBeThere(slugs: readonly string[], { do: verb, slug }: Edit): void {
  if (verb === "add" || slugs.includes(slug)) return;
  throw new UserError(`there is no customer ${slug} in customers.yaml`, { hint: didYouMean(slug, slugs) ?? "deploy customer list shows them", code: exitCode.usage });
}

function textAfter(text: string, list: Parameters<typeof editedText>[1], edit: Edit): string {
  try {
    return editedText(text, list, edit);
  } catch (error) {
    if (!(error instanceof Uneditable)) throw error;
    throw new UserError(`customers.yaml is written in a way that can't be edited here without risk (${error.message}); nothing was changed`, {
      hint: `edit the entry of ${edit.slug} by hand, then: deploy check`, code: exitCode.usage, cause: error,
    });
  }
}

function diffOf(before: string, after: string): string {
  if (before === after) return "";
  const { hunks } = structuredPatch("customers.yaml", "customers.yaml", before, after, undefined, undefined, { context: 2 });
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, ...lines.map((line) => line.replace(/\r$/, ""))]).join("\n");
}

