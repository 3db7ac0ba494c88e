/** Asks a person before something is changed. */
import { createInterface } from "node:readline/promises";
import { Refused } from "./errors.ts";

/** `No` is the default, and what Ctrl-C means. Without a terminal there is nobody to ask: Refused. */
export async function confirmed(question: string, signal: AbortSignal): Promise<boolean> {
  return /^y(es)?$/i.test(await answer(`${question} [y/N]`, "--yes goes on without asking", signal));
}

/** Whether a person is there to see what is printed once: not a program that reads JSON, and not a build system's log. */
export const onTerminal = ({ json }: { json: boolean }): boolean => !json && process.stdout.isTTY === true && !process.env.CI;

/** What a person types; "" for Ctrl-C. `instead`: the option that answers where there is no terminal. */
export const typed = (question: string, instead: string, signal: AbortSignal): Promise<string> => answer(question, `${instead} goes on without asking`, signal);

async function answer(question: string, hint: string, signal: AbortSignal): Promise<string> {
  if (!process.stdin.isTTY) throw new Refused("there is no terminal to ask on; nothing was changed", hint);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await prompt.question(`${question} `, { signal })).trim();
  } catch (error) {
    if (signal.aborted) return "";
    throw error;
  } finally {
    prompt.close();
  }
}
