/** Reads the part of the shell's language that deploy/remote/shell.ts writes. What it does not know is an error, not a guess. */

export type Word = readonly Part[];
export type Part = { text: string } | { variable: string };
export type Redirect = { descriptor: number; to: "file" | "nothing" | "stdout" | "input"; };

export type Node =
  | { kind: "list"; items: Node[] }
  | { kind: "and" | "or"; left: Node; right: Node }
  | { kind: "pipe"; parts: Node[] }
  | { kind: "group" | "subshell"; body: Node; redirects: Redirect[] }
  | { kind: "if"; test: Node; then: Node; otherwise: Node | undefined }
  | { kind: "assign"; name: string; value: Word }
  | { kind: "define"; name: string }
  | { kind: "run"; words: Word[]; redirects: Redirect[] };

const known = new Map<string, Node>();

/** A thousand hosts are sent the same text: each is read once. */
export function parse(text: string): Node {
  const found = known.get(text) ?? new Parser(text).program();
  if (known.size < 500) known.set(text, found);
  return found;
}

const SPECIAL = " \t\n;&|<>(){}";

class Parser {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }

  program(): Node {
    const node = this.#list([]);
    if (this.#at < this.#text.length) throw this.#unknown();
    return node;
  }

  #list(ends: readonly string[]): Node {
    const items: Node[] = [];
    for (;;) {
      this.#skip(" \t\n;");
      if (this.#at >= this.#text.length || ends.some((end) => this.#sees(end))) return items.length === 1 ? items[0]! : { kind: "list", items };
      items.push(this.#andOr());
    }
  }

  #andOr(): Node {
    let left = this.#pipe();
    for (;;) {
      this.#skip(" \t");
      const kind = this.#take("&&") ? "and" : this.#take("||") ? "or" : undefined;
      if (!kind) return left;
      this.#skip(" \t\n");
      left = { kind, left, right: this.#pipe() };
    }
  }

  #pipe(): Node {
    const parts = [this.#command()];
    for (;;) {
      this.#skip(" \t");
      if (this.#text.startsWith("||", this.#at) || !this.#take("|")) return parts.length === 1 ? parts[0]! : { kind: "pipe", parts };
      this.#skip(" \t\n");
      parts.push(this.#command());
    }
  }

  #command(): Node {
    if (this.#sees("{")) {
      this.#at += 1;
      const body = this.#list(["}"]);
      this.#must("}");
      return { kind: "group", body, redirects: this.#redirects() };
    }
    if (this.#take("(")) {
      const body = this.#list([")"]);
      this.#must(")");
      return { kind: "subshell", body, redirects: this.#redirects() };
    }
    if (this.#sees("if")) {
      this.#at += 2;
      const test = this.#list(["then"]);
      this.#must("then");
      const then = this.#list(["else", "fi"]);
      const otherwise = this.#sees("else") ? (this.#must("else"), this.#list(["fi"])) : undefined;
      this.#must("fi");
      return { kind: "if", test, then, otherwise };
    }
    return this.#simple();
  }

  #simple(): Node {
    const definition = /^([a-z]+)\(\) \{/.exec(this.#text.slice(this.#at, this.#at + 40));
    if (definition) {
      // Known by name; a function's body ends at its line's end, as it is written there.
      this.#at = endOf(this.#text, this.#at);
      return { kind: "define", name: definition[1]! };
    }
    const assignment = /^([a-z]+)=/.exec(this.#text.slice(this.#at, this.#at + 40));
    if (assignment) {
      this.#at += assignment[0].length;
      return { kind: "assign", name: assignment[1]!, value: this.#word() };
    }
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      this.#skip(" \t");
      const more = this.#redirects();
      redirects.push(...more);
      if (this.#at >= this.#text.length || "\n;&|}()".includes(this.#text[this.#at]!)) break;
      words.push(this.#word());
    }
    if (words.length === 0 && redirects.length === 0) throw this.#unknown();
    return { kind: "run", words, redirects };
  }

  #redirects(): Redirect[] {
    const found: Redirect[] = [];
    for (;;) {
      const start = this.#at;
      this.#skip(" \t");
      const [whole, number, arrow] = /^(\d?)(>>|>&|>|<)/.exec(this.#text.slice(this.#at, this.#at + 4)) ?? [];
      if (!whole) {
        this.#at = start;
        return found;
      }
      this.#at += whole.length;
      this.#skip(" \t");
      const target = this.#word().map((part) => ("text" in part ? part.text : "")).join("");
      const descriptor = number ? Number(number) : arrow === "<" ? 0 : 1;
      found.push({ descriptor, to: arrow === "<" ? "input" : arrow === ">&" ? "stdout" : target === "/dev/null" ? "nothing" : "file" });
    }
  }

  #word(): Word {
    const parts: Part[] = [];
    const add = (text: string): void => {
      const last = parts.at(-1);
      if (last && "text" in last) last.text += text;
      else parts.push({ text });
    };
    for (; this.#at < this.#text.length && !SPECIAL.includes(this.#text[this.#at]!);) {
      const letter = this.#text[this.#at]!;
      if (letter === "'") add(this.#until("'"));
      else if (letter === "\\") {
        add(this.#text[this.#at + 1] ?? "");
        this.#at += 2;
      } else if (letter === "$") parts.push(this.#variable());
      else if (letter === '"' || letter === "`") throw this.#unknown();
      else {
        add(letter);
        this.#at += 1;
      }
    }
    return parts;
  }

  #variable(): Part {
    const [whole, name] = /^\$([a-z]+|[?$])/.exec(this.#text.slice(this.#at, this.#at + 40)) ?? [];
    if (!whole) throw this.#unknown();
    this.#at += whole.length;
    return { variable: name! };
  }

  #until(quote: string): string {
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end < 0) throw this.#unknown();
    const inside = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return inside;
  }

  #skip(letters: string): void {
    while (this.#at < this.#text.length && letters.includes(this.#text[this.#at]!)) this.#at += 1;
  }

  #take(text: string): boolean {
    const found = this.#text.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }

  /** A word of the language, alone. */
  #sees(word: string): boolean {
    return this.#text.startsWith(word, this.#at) && SPECIAL.includes(this.#text[this.#at + word.length] ?? "\n");
  }

  #must(word: string): void {
    if (!this.#take(word)) throw this.#unknown();
  }

  #unknown(): Error {
    return new Error(`the simulated hosts' shell does not know this: ${JSON.stringify(this.#text.slice(this.#at, this.#at + 80))} in ${JSON.stringify(this.#text.slice(0, 200))}`);
  }
}

/** Where the line ends that begins here, newlines within quotes left out. */
function endOf(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "'") quoted = !quoted;
    else if (text[at] === "\n" && !quoted) return at;
  }
  return text.length;
}
