/** Members of `{ … }` and `[ … ]`, on one line or on several. */
import type { Node, YAMLMap, YAMLSeq } from "yaml";
import { commentsIn, indentAt, lineEnd, type Member, membersOf, newlineOf, type Splice, spliced, startOf } from "./source.ts";

type Collection = YAMLMap<Node, Node | null> | YAMLSeq<Node>;

/** Puts a piece before the member at `at`, or behind the last one. */
export function insertInFlow(text: string, collection: Collection, at: number, piece: string): string {
  const members = membersOf(text, collection);
  const open = startOf(collection) + 1;
  if (members.length === 0) {
    const padded = text[open - 1] === "{" ? ` ${piece}${/\s/.test(text[open]!) ? "" : " "}` : piece;
    return spliced(text, { from: open, to: open, text: padded });
  }
  const eol = newlineOf(text);
  const next = members[at];
  if (next) {
    const gap = text.slice(members[at - 1]?.to ?? open, next.from).includes("\n") ? eol + indentAt(text, next.from) : " ";
    return spliced(text, { from: next.from, to: next.from, text: `${piece},${gap}` });
  }
  return spliced(text, ...behindLast(text, members, open, collection.range![1] - 1, piece));
}

function behindLast(text: string, members: readonly Member[], open: number, close: number, piece: string): Splice[] {
  const eol = newlineOf(text);
  const last = members.at(-1)!;
  const apart = text.slice(members.at(-2)?.to ?? open, last.from).includes("\n");
  if (!apart) return [{ from: last.to, to: last.to, text: `, ${piece}` }];
  const line = eol + indentAt(text, last.from) + piece;
  const lineOver = lineEnd(text, last.to);
  if (lineOver > close) return [{ from: last.to, to: last.to, text: `,${line}` }];
  // Behind the comment of the last member's line, which stays what it was but for the comma.
  const at = lineOver - eol.length;
  const comma = /^\s*,/.test(text.slice(last.to, close));
  if (comma) return [{ from: at, to: at, text: `${line},` }];
  return at === last.to ? [{ from: at, to: at, text: `,${line}` }] : [{ from: last.to, to: last.to, text: "," }, { from: at, to: at, text: line }];
}

/** Takes a member away. Comments stay, unless `withComments`. */
export function removeFromFlow(text: string, collection: Collection, at: number, withComments = false): string {
  const members = membersOf(text, collection);
  const [before, member, next] = [members[at - 1], members[at]!, members[at + 1]];
  if (next) {
    const comments = withComments ? [] : commentsIn(text.slice(member.to, next.from));
    const indent = newlineOf(text) + indentAt(text, next.from);
    return spliced(text, { from: member.from, to: next.from, text: comments.map((comment) => comment + indent).join("") });
  }
  const from = before && (withComments || commentsIn(text.slice(before.to, member.from)).length === 0) ? before.to : member.from;
  // Alone, or behind a comma that stays: its own comma goes too.
  const comma = from === member.from ? /^\s*,/.exec(text.slice(member.to))?.[0].length ?? 0 : 0;
  return spliced(text, { from, to: member.to + comma, text: "" });
}
