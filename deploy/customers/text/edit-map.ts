/** Keys of a mapping and entries of a list, in the style that they are in. Comments and all other lines stay as they are. */
import { isScalar, type Node } from "yaml";
import { insertInFlow, removeFromFlow } from "./flow.ts";
import { column, commentsIn, indentAt, isEmpty, lineEnd, lineStart, mapAt, type Member, membersOf, newlineOf, parsed, type Path, seqAt, spliced, Uneditable } from "./source.ts";
import { flowText, pairText, type Scalar, scalarText, type Value } from "./written.ts";

/** Sets one key of the mapping at `path`. A new one comes behind those that `order` has before it. */
export function putKey(text: string, path: Path, key: string, value: Value, order: readonly string[]): string {
  const map = mapAt(parsed(text), path);
  const members = membersOf(text, map);
  const known = members.find((member) => member.key === key);
  if (known) return replaced(text, known, value, map.flow === true);
  const earlier = new Set(order.slice(0, order.indexOf(key)));
  const after = members.findLastIndex((member) => earlier.has(member.key!) || !order.includes(key));
  if (map.flow) return insertInFlow(text, map, after + 1, pairText([key, value], true));
  const anchor = members[Math.max(after, 0)] ?? members[0]!;
  const indent = " ".repeat(column(text, members[0]!.from));
  return insertedLines(text, entryEnd(text, anchor.to, indent.length), [indent + pairText([key, value], false)]);
}

function replaced(text: string, { to, node }: Member, value: Value, inFlow: boolean): string {
  if (node === null || isEmpty(node)) return spliced(text, { from: to, to, text: ` ${written(value, inFlow)}` });
  if (!isScalar(node) || node.type === "BLOCK_FOLDED" || node.type === "BLOCK_LITERAL") throw new Uneditable("a single value on one line was expected");
  const from = node.range![0];
  const now = written(value, inFlow, text.slice(from, to));
  // A comment behind it stays in its column, as far as there is room.
  const room = /^( {2,})#/.exec(text.slice(to))?.[1] ?? "";
  const gap = room === "" ? "" : " ".repeat(Math.max(1, room.length + (to - from) - now.length));
  return spliced(text, { from, to: to + room.length, text: now + gap });
}

const written = (value: Value, inFlow: boolean, like?: string): string => typeof value === "object" && value !== null ? flowText(value) : scalarText(value as Scalar, inFlow, like);

/** Takes one key away with its value. */
export function dropKey(text: string, path: Path, key: string): string {
  const map = mapAt(parsed(text), path);
  const members = membersOf(text, map);
  const at = members.findIndex((member) => member.key === key);
  if (at < 0) return text;
  if (map.flow) return removeFromFlow(text, map, at);
  const { from } = members[at]!;
  return text.slice(lineStart(text, from), from).trim() === "" ? linesWithout(text, members[at]!, " ".repeat(column(text, from))) : withoutFirst(text, members, at);
}

/** The key that stands behind the dash of its list entry: the next one takes its place. */
function withoutFirst(text: string, members: readonly Member[], at: number): string {
  const [{ from, to }, next] = [members[at]!, members[at + 1]];
  if (!next) throw new Uneditable("it is the only key of its mapping");
  const between = text.slice(to, next.from);
  return spliced(text, between.trim() === "" && commentsIn(text.slice(from, to)).length === 0
    ? { from, to: next.from, text: "" }
    : { from, to: lineEnd(text, to), text: commentsIn(text.slice(from, lineEnd(text, to))).join(newlineOf(text) + " ".repeat(column(text, from))) + newlineOf(text) });
}

/** Adds to the list at `path`. */
export function appendItem(text: string, path: Path, value: Scalar): string {
  const list = seqAt(parsed(text), path);
  const members = membersOf(text, list);
  if (list.flow) return insertInFlow(text, list, members.length, scalarText(value, true));
  const last = members.at(-1)!;
  const lead = /^ *- */.exec(text.slice(lineStart(text, last.from), last.from))?.[0];
  if (lead === undefined) throw new Uneditable("a list with one entry a line was expected");
  return insertedLines(text, lineEnd(text, last.to), [lead + scalarText(value, false)]);
}

export function removeItem(text: string, path: Path, at: number): string {
  const list = seqAt(parsed(text), path);
  if (list.flow) return removeFromFlow(text, list, at);
  const member = membersOf(text, list)[at]!;
  return linesWithout(text, member, indentAt(text, member.from));
}

/** All lines that a member stands on; their comments stay, each on a line of its own. */
function linesWithout(text: string, { from, to }: { from: number; to: number; node?: Node | null }, indent: string): string {
  const [begin, end] = [lineStart(text, from), lineEnd(text, to)];
  return withoutLines(text, begin, end, commentsIn(text.slice(from, end)).map((comment) => indent + comment));
}

/** Replaces whole lines; a text without a newline at its end stays one. */
export function withoutLines(text: string, from: number, to: number, lines: readonly string[] = []): string {
  const eol = newlineOf(text);
  const open = to === text.length && !text.endsWith("\n");
  const put = lines.map((line) => line + eol).join("");
  if (!open) return spliced(text, { from, to, text: put });
  return `${text.slice(0, from)}${put}`.replace(/\r?\n$/, "");
}

/** New lines at the beginning of a line, or behind a last line that has no newline. */
export function insertedLines(text: string, at: number, lines: readonly string[]): string {
  const eol = newlineOf(text);
  const open = at === text.length && !text.endsWith("\n");
  return spliced(text, { from: at, to: at, text: open ? lines.map((line) => eol + line).join("") : lines.map((line) => line + eol).join("") });
}

/** Behind the lines of something that ends at `to`, with the comments below that stand further in than `indent`. */
export function entryEnd(text: string, to: number, indent: number): number {
  let end = lineEnd(text, to);
  for (let at = end; at < text.length;) {
    const over = lineEnd(text, at);
    const line = text.slice(at, over);
    const comment = /^( *)#/.exec(line);
    if (comment ? comment[1]!.length <= indent : line.trim() !== "") break;
    if (comment) end = over;
    at = over;
  }
  return end;
}
