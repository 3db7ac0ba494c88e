/** Asks a person before something is changed. */
import { createInterface } from "node:readline/promises";
import { Refused } from "./errors.ts";

/** `No` is the default, and what Ctrl-C means. Without a terminal there is nobody to ask: Refused. */
export async function confirmed(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Refused("there is no terminal to ask on; nothing was changed", "--yes goes on without asking");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `, { signal })).trim());
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    prompt.close();
  }
}
