/** One YAML text: its data, and where in it each value stands. Plain YAML only, so that every value has one place. */
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";
import { formatPath, type Fault, type FileName, type Path } from "./faults.ts";
import { plainValues } from "./plain.ts";
import { syntaxFault } from "./syntax.ts";

export interface SourceFile {
  name: FileName;
  /** "" when it could not be read. */
  text: string;
  /** undefined when it could not be read; `faults` says why. */
  data: unknown;
  faults: Fault[];
  /** Turns what a check found at a path into a fault with line and column: those of the value, or of its key. */
  fault(path: Path, found: { message: string; suggestion?: string | undefined; rule: string; at?: "key" | undefined }): Fault;
}

/** Places are worked out only when something is wrong: of ten thousand customers, that takes a second. */
export function parseFile(name: FileName, text: string): SourceFile {
  const data = plainValues(text);
  if (data === undefined) return parseWithPlaces(name, text);
  let placed: SourceFile | undefined;
  return { name, text, data, faults: [], fault: (path, found) => (placed ??= parseWithPlaces(name, text)).fault(path, found) };
}

function parseWithPlaces(name: FileName, text: string): SourceFile {
  const lines = new LineCounter();
  // Merge keys are resolved, though refused with their anchor below, so that each is one fault and not three.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const make = (at: number, path: string, message: string, rule: string, suggestion: string | undefined): Fault =>
    ({ file: name, ...position(lines, at), path, message, ...(suggestion ? { suggestion } : {}), rule });
  const fault: SourceFile["fault"] = (path, { message, suggestion, rule, at }) => make(offset(document, path, at), formatPath(path), message, rule, suggestion);

  const faults: Fault[] = [];
  const report: Report = (at, rule, message, suggestion) => void faults.push(make(at, "", message, rule, suggestion));
  for (const { pos: [at] } of document.errors.filter(({ code }) => code === "DUPLICATE_KEY")) {
    report(at, "yaml-duplicate-key", `the key \`${keyAt(text, at)}\` is there twice in one mapping`, "keep one of them");
  }
  // Only the first: the others are mostly its consequences.
  const error = document.errors.find(({ code }) => code !== "DUPLICATE_KEY");
  if (error) {
    const { at, message, suggestion } = syntaxFault(error, document);
    report(at, "yaml-syntax", message, suggestion);
    return { name, text, data: undefined, faults, fault };
  }
  // Most files hold none of these characters, and the walk takes its time.
  if (/[&*!]/.test(text)) reportUnplain(document, report);
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) report(0, "file-empty", "the file is empty; expected the keys that docs/configuration.md lists");
  return { name, text, data: toData(document, report), faults, fault };
}

/** A file that could not even be read. */
export function unreadableFile(name: FileName, rule: string, message: string, suggestion?: string): SourceFile {
  const base = { file: name, line: 1, column: 1, path: "", ...(suggestion ? { suggestion } : {}) };
  return { name, text: "", data: undefined, faults: [{ ...base, message, rule }], fault: (path, found) => ({ ...base, path: formatPath(path), message: found.message, rule: found.rule }) };
}

type Report = (at: number, rule: string, message: string, suggestion?: string) => void;

/** Anchors and tags: the value would stand in two places, and tools that edit the file line by line would miss one. */
function reportUnplain(document: Document, report: Report): void {
  visit(document, {
    Node(_key, node) {
      const start = (node as Node).range?.[0] ?? 0;
      if (isAlias(node)) {
        if (!node.resolve(document)) report(start, "yaml-anchor", `\`*${node.source}\` refers to an anchor that is not there`, "write the value out; put a text that begins with * in quotes");
        return;
      }
      if (node.anchor) report(start, "yaml-anchor", `the anchor \`&${node.anchor}\` is not allowed here`, "write the value out; what many customers share belongs in their tier");
      if (node.tag && !node.tag.startsWith("tag:yaml.org,2002:")) report(start, "yaml-tag", `the tag \`${node.tag}\` is not allowed here`, "write a plain value");
    },
  });
}

function toData(document: Document, report: Report): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? undefined;
  } catch (error) {
    // An alias without anchor, which is told already, or so many of them that they would fill the memory.
    if (document.errors.length === 0 && error instanceof ReferenceError && !/unresolved/i.test(error.message)) report(0, "yaml-anchor", error.message);
    return undefined;
  }
}

/** Start of the value at a path, of its key, or of the nearest thing around it that exists. */
function offset(document: Document, path: Path, at: "key" | undefined): number {
  let node: unknown = document.contents;
  let start = isNode(node) ? node.range?.[0] ?? 0 : 0;
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    let key: unknown;
    let value: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step));
      [key, value] = [pair?.key, pair?.value];
    } else if (isSeq(node)) {
      value = node.items[Number(step)];
    }
    const best = last && at === "key" ? key : isNode(value) && value.range ? value : key;
    if (!isNode(best)) return start;
    // An empty value (`tier:`) stands nowhere; its key does.
    const empty = isScalar(best) && best.value === null && best.source === "" && isNode(key);
    start = (empty ? key as Node : best).range?.[0] ?? start;
    node = value;
  }
  return start;
}

function position(lines: LineCounter, at: number): { line: number; column: number } {
  const { line, col } = lines.linePos(at);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

const keyAt = (text: string, at: number): string => /^["']?([^:"'\n]*)/.exec(text.slice(at, at + 200))?.[1]?.trim() ?? "";
