/** Whole entries of the list `customers`. */
import type { CST } from "yaml";
import { insertInFlow, removeFromFlow } from "./flow.ts";
import { entryEnd, insertedLines, withoutLines } from "./edit-map.ts";
import { column, lineEnd, lineStart, membersOf, parsed, seqAt, spliced, Uneditable } from "./source.ts";
import { isMap, type Node, type YAMLMap, type YAMLSeq } from "yaml";
import { flowText, pairText, type Value } from "./written.ts";

export const LIST = "customers";
type Entry = { readonly [key: string]: Value };

/** Adds an entry behind the one at `behind` (-1: the list is empty), written as that one is. */
export function addEntry(text: string, behind: number, entry: Entry, order: readonly string[]): string {
  const list = seqAt(parsed(text), [LIST]);
  const neighbour = list.items[behind];
  if (list.flow) return behind < 0 && EMPTY.test(beforeAndList(text, list)) ? firstEntry(text, list, entry, order) : insertInFlow(text, list, behind + 1, flowText(ordered(entry, order), padding(text, neighbour)));
  const dash = dashOf(list, behind);
  const end = entryEnd(text, membersOf(text, list)[behind]!.to, column(text, dash));
  const lead = text.slice(lineStart(text, dash), dash);
  const keys = isMap(neighbour) ? neighbour.items.map(({ key }) => String(key)) : [];
  const sorted = ordered(entry, alike(keys, order));
  if (isMap(neighbour) && neighbour.flow) return insertedLines(text, end, [`${lead}- ${flowText(sorted, padding(text, neighbour))}`]);
  // Entries with a blank line between them keep it.
  const spaced = blank(text, lineStart(text, dash) - 1) && (end >= text.length || blank(text, end));
  return insertedLines(text, end, [...(spaced ? [""] : []), ...blockLines(sorted, lead, gapOf(text, dash, neighbour))]);
}

const EMPTY = /^: \[\]$/;
const beforeAndList = (text: string, list: YAMLSeq<Node>): string => text.slice(list.range![0] - 2, list.range![1]);

/** `customers: []` becomes a list with an entry a line. */
function firstEntry(text: string, list: YAMLSeq<Node>, entry: Entry, order: readonly string[]): string {
  const [from, to] = [list.range![0] - 1, list.range![1]];
  const less = spliced(text, { from, to, text: "" });
  return insertedLines(less, lineEnd(less, from), blockLines(ordered(entry, order), "  ", 1));
}

/** Takes an entry away with the comments inside it and those below it that are indented like it. */
export function removeEntry(text: string, at: number): string {
  const document = parsed(text);
  const list = seqAt(document, [LIST]);
  if (list.flow) return removeFromFlow(text, list, at, true);
  const dash = dashOf(list, at);
  let from = lineStart(text, dash);
  const end = entryEnd(text, membersOf(text, list)[at]!.to, column(text, dash));
  // Of two blank lines that would come together, one.
  if (blank(text, from - 1) && (end >= text.length || blank(text, end))) from = lineStart(text, from - 1);
  const less = withoutLines(text, from, end);
  if (list.items.length > 1) return less;
  const key = (document.contents as YAMLMap<Node, Node>).items.find((pair) => String(pair.key) === LIST)!.key;
  const colon = text.indexOf(":", key.range![1]) + 1;
  return spliced(less, { from: colon, to: colon, text: " []" });
}

/** The lines of one entry, as they are: a small file of its own. undefined in a list that has no lines of its own. */
export function entryLines(text: string, at: number): { from: number; to: number } | undefined {
  const list = seqAt(parsed(text), [LIST]);
  if (list.flow) return undefined;
  const dash = dashOf(list, at);
  return { from: lineStart(text, dash), to: entryEnd(text, membersOf(text, list)[at]!.to, column(text, dash)) };
}

function dashOf(list: YAMLSeq<Node>, at: number): number {
  const token = (list.srcToken as CST.BlockSequence).items[at]?.start.find(({ type }) => type === "seq-item-ind");
  if (!token) throw new Uneditable("a list with a dash an entry was expected");
  return token.offset;
}

/** Whether the line that holds the character at `at` is blank; before the first line is none. */
function blank(text: string, at: number): boolean {
  return at >= 0 && text.slice(lineStart(text, at), lineEnd(text, at)).trim() === "";
}

const padding = (text: string, node: Node | undefined): string => isMap(node) && node.flow && text[node.range![0] + 1] !== " " ? "" : " ";

/** Blanks between dash and first key. */
function gapOf(text: string, dash: number, node: Node | undefined): number {
  const from = node?.range?.[0] ?? dash;
  return from < lineEnd(text, dash) && from > dash ? from - dash - 1 : 1;
}

function blockLines(entry: Entry, lead: string, gap: number): string[] {
  return Object.entries(entry).map((pair, index) => `${lead}${index === 0 ? `-${" ".repeat(gap)}` : " ".repeat(gap + 1)}${pairText(pair, false)}`);
}

const ordered = (entry: Entry, order: readonly string[]): Entry => Object.fromEntries(Object.entries(entry).toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b)));

/** The usual order, but what the neighbour has in its own: a new key comes behind the one that usually stands before it. */
function alike(keys: readonly string[], usual: readonly string[]): string[] {
  const order = keys.filter((key) => usual.includes(key));
  for (const [index, key] of usual.entries()) {
    if (order.includes(key)) continue;
    const before = usual.slice(0, index).findLast((other) => order.includes(other));
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, key);
  }
  return order;
}
