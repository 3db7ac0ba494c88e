/** One YAML text: its data, and where in it each value stands. Plain YAML only, so that every value has one place. */
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";
import { formatPath, type Fault, type FileName, type Path } from "./faults.ts";

export interface SourceFile {
  name: FileName;
  /** undefined when it could not be read; `faults` says why. */
  data: unknown;
  faults: Fault[];
  /** Turns what a check found at a path into a fault with line and column: those of the value, or of its key. */
  fault(path: Path, found: { message: string; suggestion?: string | undefined; rule: string; at?: "key" | undefined }): Fault;
}

export function parseFile(name: FileName, text: string): SourceFile {
  const lines = new LineCounter();
  // Merge keys are resolved, though refused with their anchor below, so that each is one fault and not three.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const fault: SourceFile["fault"] = (path, { message, suggestion, rule, at }) =>
    ({ file: name, ...position(lines, offset(document, path, at)), path: formatPath(path), message, ...(suggestion ? { suggestion } : {}), rule });
  const atOffset = (at: number, rule: string, message: string, suggestion?: string): Fault =>
    ({ file: name, ...position(lines, at), path: "", message, ...(suggestion ? { suggestion } : {}), rule });

  const faults = document.errors.map(({ code, message, pos }) =>
    code === "DUPLICATE_KEY"
      ? atOffset(pos[0], "yaml-duplicate-key", `the key \`${keyAt(text, pos[0])}\` is there twice in one mapping`, "keep one of them")
      : atOffset(pos[0], "yaml-syntax", code === "MULTIPLE_DOCS" ? "the file holds several documents; one was expected" : message.replace(/:?\s*$/, ""), code === "TAB_AS_INDENT" ? "indent with spaces" : undefined));
  const broken = faults.some(({ rule }) => rule === "yaml-syntax");
  if (!broken) faults.push(...notPlain(document, atOffset));
  if (!broken && (document.contents === null || (isScalar(document.contents) && document.contents.value === null))) {
    return { name, data: undefined, fault, faults: [atOffset(0, "file-empty", "the file is empty; expected the keys that docs/configuration.md lists")] };
  }
  return { name, data: broken ? undefined : toData(document), faults, fault };
}

/** A file that could not even be read. */
export function unreadableFile(name: FileName, rule: string, message: string, suggestion?: string): SourceFile {
  const base = { file: name, line: 1, column: 1, path: "", ...(suggestion ? { suggestion } : {}) };
  return { name, data: undefined, faults: [{ ...base, message, rule }], fault: (path, found) => ({ ...base, path: formatPath(path), message: found.message, rule: found.rule }) };
}

/** Anchors and tags: the value would stand in two places, and tools that edit the file line by line would miss one. */
function notPlain(document: Document, atOffset: (at: number, rule: string, message: string, suggestion?: string) => Fault): Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Node(_key, node) {
      const start = (node as Node).range?.[0] ?? 0;
      if (isAlias(node)) return;
      if (node.anchor) faults.push(atOffset(start, "yaml-anchor", `the anchor \`&${node.anchor}\` is not allowed here`, "write the value out; what many customers share belongs in their tier"));
      if (node.tag && !node.tag.startsWith("tag:yaml.org,2002:")) faults.push(atOffset(start, "yaml-tag", `the tag \`${node.tag}\` is not allowed here`, "write a plain value"));
    },
  });
  return faults;
}

function toData(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch {
    return undefined; // an alias bomb; its anchors are faults already
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

const keyAt = (text: string, at: number): string => /^["']?([^:"'\n]*)/.exec(text.slice(at))?.[1]?.trim() ?? "";
