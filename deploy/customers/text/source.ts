/** Where things stand in a YAML text, so that it can be changed there and nowhere else. Offsets count from 0. */
import { type Document, isCollection, isMap, isPair, isScalar, isSeq, Lexer, type Node, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";

/** Something in the text is written in a form that can't be edited with certainty. The words of it are for people. */
export class Uneditable extends Error {
  override name = "Uneditable";
}

export interface Splice {
  from: number;
  /** First offset that stays. */
  to: number;
  text: string;
}

export type Path = readonly (string | number)[];

/** Splices in any order; none may overlap another. */
export function spliced(text: string, ...splices: Splice[]): string {
  return splices.toSorted((a, b) => b.from - a.from).reduce((now, { from, to, text: put }) => now.slice(0, from) + put + now.slice(to), text);
}

export const parsed = (text: string): Document => parseDocument(text, { keepSourceTokens: true, prettyErrors: false });

export function mapAt(document: Document, path: Path): YAMLMap<Node, Node | null> {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(node)) throw new Uneditable("a mapping was expected");
  return node as YAMLMap<Node, Node | null>;
}

export function seqAt(document: Document, path: Path): YAMLSeq<Node> {
  const node = document.getIn(path, true);
  if (!isSeq(node)) throw new Uneditable("a list was expected");
  return node as YAMLSeq<Node>;
}

/** What stands in a mapping or list, each from its first character to its last: without comments and commas. */
export interface Member {
  from: number;
  to: number;
  /** Of a mapping. */
  key?: string;
  node: Node | null;
}

export function membersOf(text: string, collection: YAMLMap<Node, Node | null> | YAMLSeq<Node>): Member[] {
  return collection.items.map((item) => isPair(item) ? ofPair(text, item as Pair<Node, Node | null>) : { from: startOf(item as Node), to: endOf(text, item as Node), node: item as Node });
}

function ofPair(text: string, { key, value }: Pair<Node, Node | null>): Member {
  if (!isScalar(key) || !key.range || key.anchor || key.tag || (value && ("anchor" in value && value.anchor || value.tag))) throw new Uneditable("a key or a value has an anchor or a tag");
  return { from: startOf(key), to: value && !isEmpty(value) ? endOf(text, value) : colonAfter(text, key.range[1]), key: String(key.value), node: value };
}

/** `tier:` with nothing behind it. */
export const isEmpty = (node: Node): boolean => isScalar(node) && node.value === null && node.source === "";

const colonAfter = (text: string, at: number): number => {
  const colon = text.indexOf(":", at);
  return colon < 0 ? at : colon + 1;
};

export const startOf = (node: Node): number => node.range?.[0] ?? never();

export function endOf(text: string, node: Node): number {
  if (isCollection(node) && !node.flow) {
    const last = membersOf(text, node as YAMLMap<Node, Node | null>).at(-1);
    return last?.to ?? never();
  }
  let end = node.range?.[1] ?? never();
  // A block text ends with its newlines.
  while (/\s/.test(text[end - 1] ?? "")) end--;
  return end;
}

function never(): never {
  throw new Uneditable("a value has no place");
}

export const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;

/** Behind the newline, or the end of the text. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

export const indentAt = (text: string, at: number): string => /^ */.exec(text.slice(lineStart(text, at), at))![0];

export const column = (text: string, at: number): number => at - lineStart(text, at);

export const newlineOf = (text: string): string => /\r?\n/.exec(text)?.[0] ?? "\n";

/** Comments of a piece of text, each with its `#`. */
export function commentsIn(piece: string): string[] {
  const comments: string[] = [];
  let before = "";
  for (const lexeme of new Lexer().lex(piece)) {
    // A text value comes behind this mark; it may begin with # in a block.
    if (lexeme.startsWith("#") && before !== "\u001f") comments.push(lexeme.trimEnd());
    before = lexeme;
  }
  return comments;
}
