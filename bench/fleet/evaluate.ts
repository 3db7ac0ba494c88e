/** Runs what parse.ts read. Programs are functions; nothing of this machine is touched. */
import { type Node, parse, type Redirect, type Word } from "./parse.ts";

/** What a command reads: everything that was sent, once the sender is through. */
export class Input {
  readonly #all: Promise<string>;
  #at = 0;
  constructor(all: Promise<string>) {
    this.#all = all;
  }

  static of(text: string): Input {
    return new Input(Promise.resolve(text));
  }

  /** At most so many bytes of the rest. */
  async read(most = Number.POSITIVE_INFINITY): Promise<string> {
    const bytes = Buffer.from(await this.#all);
    const taken = bytes.subarray(this.#at, Math.min(bytes.length, this.#at + most));
    this.#at += taken.length;
    return taken.toString();
  }
}

export interface Streams { input: Input; out(text: string): void; err(text: string): void }

/** Resolves with the exit code. */
export type Program = (words: string[], streams: Streams) => number | Promise<number>;

export interface Shell {
  /** By name; `undefined`: no such program. */
  program(name: string): Program | undefined;
}

/** Runs shell text as `sh -c` would; resolves with its exit code. */
export async function evaluate(text: string, shell: Shell, streams: Streams): Promise<number> {
  return new Evaluation(shell).run(parse(text), streams).catch(exitCode);
}

function exitCode(error: unknown): number {
  if (error instanceof Exit) return error.code;
  throw error;
}

class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

class Evaluation {
  readonly #shell: Shell;
  readonly #variables: Map<string, string>;
  constructor(shell: Shell, variables: ReadonlyMap<string, string> = new Map([["$", "1"], ["?", "0"]])) {
    this.#shell = shell;
    this.#variables = new Map(variables);
  }

  async run(node: Node, streams: Streams): Promise<number> {
    const code = await this.#run(node, streams);
    this.#variables.set("?", String(code));
    return code;
  }

  async #run(node: Node, streams: Streams): Promise<number> {
    switch (node.kind) {
      case "list": {
        let code = 0;
        for (const item of node.items) code = await this.run(item, streams);
        return code;
      }
      case "and": return await this.run(node.left, streams) === 0 ? this.run(node.right, streams) : Number(this.#variables.get("?"));
      case "or": return await this.run(node.left, streams) === 0 ? 0 : this.run(node.right, streams);
      case "pipe": return this.#pipe(node.parts, streams);
      case "subshell": return new Evaluation(this.#shell, this.#variables).run(node.body, redirected(streams, node.redirects)).catch(exitCode);
      case "group": return this.run(node.body, redirected(streams, node.redirects));
      case "if": {
        if (await this.run(node.test, streams) === 0) return this.run(node.then, streams);
        return node.otherwise ? this.run(node.otherwise, streams) : 0;
      }
      case "assign":
        this.#variables.set(node.name, this.#expand(node.value));
        return 0;
      case "define": return 0;
      case "run": return this.#program(node.words.map((word) => this.#expand(word)), redirected(streams, node.redirects));
    }
  }

  async #pipe(parts: readonly Node[], streams: Streams): Promise<number> {
    let input = streams.input;
    for (const part of parts.slice(0, -1)) {
      let printed = "";
      await this.run(part, { ...streams, input, out: (text) => { printed += text; } });
      input = Input.of(printed);
    }
    return this.run(parts.at(-1)!, { ...streams, input });
  }

  async #program([name = "", ...words]: string[], streams: Streams): Promise<number> {
    if (name === "" || name === ":" || name === "exec" || name === "flock") return 0;
    if (name === "exit") throw new Exit(Number(words[0] ?? this.#variables.get("?")));
    if (name === "[") return words[1] === "=" && words[0] === words[2] ? 0 : 1;
    const program = this.#shell.program(name);
    if (!program) throw new Error(`a simulated host has no program ${name} (${words.join(" ").slice(0, 200)})`);
    return program(words, streams);
  }

  #expand(word: Word): string {
    return word.map((part) => ("text" in part ? part.text : this.#variables.get(part.variable) ?? "")).join("");
  }
}

function redirected(streams: Streams, redirects: readonly Redirect[]): Streams {
  let { input, out, err } = streams;
  for (const { descriptor, to } of redirects) {
    if (to === "input") input = Input.of("");
    else if (to === "stdout") err = out;
    else if (descriptor === 1) out = () => {};
    else if (descriptor === 2) err = () => {};
  }
  return { input, out, err };
}
