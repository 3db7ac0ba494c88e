/** A psql that stays open, as the flip has it: statements in, one line of JSON back. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

export class Session {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #faults = "";
  #queue: Promise<unknown> = Promise.resolve();

  /** `place`: what psql connects to, as its arguments. */
  constructor(container: string, ...place: string[]) {
    this.#process = spawn("docker", ["exec", "-i", container, "psql", "-X", "-q", "-A", "-t", ...place]);
    this.#reader = createInterface(this.#process.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.#process.stderr.on("data", (chunk) => { this.#faults += chunk; });
  }

  /** The JSON that the statement prints, undefined for nothing. Throws with the server's words. */
  ask<T = Record<string, unknown>>(statement: string): Promise<T> {
    const answer = this.#queue.then(() => this.#ask<T>(statement));
    this.#queue = answer.catch(() => {});
    return answer;
  }

  async #ask<T>(statement: string): Promise<T> {
    this.#faults = "";
    this.#process.stdin.write(`${statement}\\echo done :ERROR :SQLSTATE\n`);
    let printed = "";
    for (;;) {
      const { value, done } = await this.#lines.next() as IteratorResult<string>;
      if (done) throw new Error(`psql ended: ${this.#faults}`);
      const end = /^done (true|false) (\S+)$/.exec(value);
      if (!end) printed += value;
      else if (end[1] === "true") throw new Error(`${end[2]}: ${await this.#words()}`);
      else return (printed === "" ? undefined : JSON.parse(printed)) as T;
    }
  }

  /** What is on standard error may come a moment later than the end. */
  async #words(): Promise<string> {
    for (let patience = 50; this.#faults === "" && patience > 0; patience -= 1) await new Promise((resolve) => setTimeout(resolve, 10));
    return this.#faults.trim();
  }

  close(): void {
    this.#process.stdin.end();
    this.#reader.close();
    this.#process.kill();
  }
}
