/** An edit in the file's own text: only lines that have to change do. Pure. */
import { isDeepStrictEqual } from "node:util";
import { listIn } from "./read-list.ts";
import { changed, type Edit, editedList, type Entry, ORDER, placeFor } from "./edit.ts";
import { appendItem, dropKey, putKey, removeItem } from "./text/edit-map.ts";
import { addEntry, entryLines, LIST, removeEntry } from "./text/entries.ts";
import { Uneditable } from "./text/source.ts";
import type { Scalar, Value } from "./text/written.ts";

/**
 * The file after the edit; the same text when there is nothing to change. `list`: what it holds now.
 * @throws Uneditable when the text is written in a way that the edit can't be made in with certainty: what comes out is
 * read again and must be what was wanted.
 */
export function editedText(text: string, list: readonly Entry[], edit: Edit): string {
  const wanted = editedList(list, edit);
  if (isDeepStrictEqual(wanted, list)) return text;
  const after = rewritten(text, list, edit);
  if (!isDeepStrictEqual(listIn(after), wanted)) throw new Uneditable("the result would not read as what was asked for");
  return after;
}

function rewritten(text: string, list: readonly Entry[], edit: Edit): string {
  if (edit.do === "add") {
    const entry = changed({ slug: edit.slug }, edit.changes);
    return addEntry(text, placeFor(list, entry), entry, ORDER);
  }
  const at = list.findIndex(({ slug }) => slug === edit.slug);
  if (edit.do === "remove") return removeEntry(text, at);
  const [old, wanted] = [list[at]!, changed(list[at]!, edit.changes)];
  // The entry alone is quickly read, as often as keys change.
  const lines = entryLines(text, at);
  if (!lines) return rewrittenEntry(text, at, old, wanted);
  const head = `${LIST}:${/\r\n/.test(text) ? "\r" : ""}\n`;
  const small = rewrittenEntry(head + text.slice(lines.from, lines.to), 0, old, wanted);
  return text.slice(0, lines.from) + small.slice(head.length) + text.slice(lines.to);
}

function rewrittenEntry(text: string, at: number, old: Entry, wanted: Entry): string {
  const keys = new Set([...Object.keys(old), ...Object.keys(wanted)]);
  return [...keys].reduce((now, key) => withValue(now, [LIST, at], key, old[key], wanted[key], ORDER), text);
}

/** Brings one key from its old value to the wanted one. */
function withValue(text: string, path: readonly (string | number)[], key: string, old: Value | undefined, wanted: Value | undefined, order: readonly string[]): string {
  if (isDeepStrictEqual(old, wanted)) return text;
  if (wanted === undefined) return dropKey(text, path, key);
  if (Array.isArray(old) && old.length > 0 && Array.isArray(wanted)) return withItems(text, [...path, key], old as Scalar[], wanted as Scalar[]);
  if (isMapping(old) && Object.keys(old).length > 0 && isMapping(wanted)) {
    // New ones first: a mapping in lines can't be empty in between.
    const keys = [...Object.keys(wanted), ...Object.keys(old).filter((name) => !Object.hasOwn(wanted, name))];
    return keys.reduce((now, name) => withValue(now, [...path, key], name, own(old, name), own(wanted, name), []), text);
  }
  if (typeof old === "object" && old !== null) return putKey(dropKey(text, path, key), path, key, wanted, order);
  return putKey(text, path, key, wanted, order);
}

function withItems(text: string, path: readonly (string | number)[], old: readonly Scalar[], wanted: readonly Scalar[]): string {
  const added = wanted.filter((item) => !old.includes(item)).reduce<string>((now, item) => appendItem(now, path, item), text);
  return old.map((item, index) => [item, index] as const).filter(([item]) => !wanted.includes(item)).reverse().reduce<string>((now, [, index]) => removeItem(now, path, index), added);
}

const isMapping = (value: Value | undefined): value is Readonly<Record<string, Value>> => typeof value === "object" && value !== null && !Array.isArray(value);
const own = (value: Readonly<Record<string, Value>>, key: string): Value | undefined => Object.hasOwn(value, key) ? value[key] : undefined;
