/** Words for people, or one JSON value for machines; never both on standard output. */
import { createInterface } from "node:readline/promises";
import { LabError } from "./errors.ts";

export interface Output {
  json: boolean;
  say(line: string): void;
  /** Runs one step and says how long it took. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** The value that --json prints; people have been told already. */
  result(value: unknown): void;
}

export function openOutput(json: boolean): Output {
  const say = (line: string) => void (json ? undefined : console.log(line));
  return {
    json,
    say,
    async step(title, work) {
      const start = performance.now();
      const result = await work();
      say(`✓ ${title.padEnd(56)} ${seconds(start)}`);
      return result;
    },
    result: (value) => void (json ? console.log(JSON.stringify(value, null, 2)) : undefined),
  };
}

/** "0.4 s" since `start`, a value of performance.now(). */
export function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** Asks, No being the default; false also where nobody can answer. */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) throw new LabError(`${question} Nobody is there to answer: add --yes if that is meant.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
