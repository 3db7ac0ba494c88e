/** Secrets that hosting.yaml names but does not hold: in a variable of the operator's, or printed by a program of theirs. */
import { execFile } from "node:child_process";
import type { SecretReference } from "../model/schema.ts";
import { exitCode, UserError } from "./errors.ts";
import { indent, lastLines } from "./remote/runner.ts";

const TIMEOUT = 60_000;

/**
 * The secret, without the line end that programs print. `where` is its place in hosting.yaml, for messages.
 * Throws UserError when there is none.
 */
export async function readSecret(reference: SecretReference, where: string, environment: NodeJS.ProcessEnv): Promise<string> {
  if (typeof reference !== "string") return printed(reference.command, where);
  const name = reference.slice("env:".length);
  const value = environment[name];
  if (value) return value;
  throw new UserError(`${where}: the variable ${name} is not set`, { code: exitCode.usage });
}

/** What the program says beside it may hold anything, so only a failure shows it; its standard output never. */
function printed([program, ...words]: readonly string[], where: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new UserError(`${where}: the command ${program} ${what}`, { hint: "run it by hand: it must print the secret and nothing else", code: exitCode.usage }));
    // The terminal stays the program's, for those that ask for a password or a touch.
    execFile(program!, words, { timeout: TIMEOUT, encoding: "utf8", maxBuffer: 2 ** 20 }, (error, stdout, stderr) => {
      const secret = stdout.replace(/\r?\n$/, "");
      if (error) fail("code" in error && error.code === "ENOENT" ? "is not on the PATH" : error.killed ? `did not end within ${TIMEOUT / 1000} s` : `failed\n${indent(lastLines(stderr, 5))}`);
      else if (!secret) fail("printed nothing");
      else resolve(secret);
    });
  });
}
