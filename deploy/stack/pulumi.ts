/** Runs the Pulumi CLI, and says in our words what it did not like. */
import { execFile } from "node:child_process";
import { exitCode, UserError } from "../errors.ts";
import { indent, lastLines } from "../remote/runner.ts";

const TIMEOUT = 60_000;

/** Runs `pulumi` in the project's folder for a stack; resolves with what it printed. */
export function pulumi(words: readonly string[], stack: string, directory: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("pulumi", [...words, "--non-interactive"], { cwd: directory, timeout: TIMEOUT, maxBuffer: 64 * 2 ** 20, encoding: "utf8" }, (error, stdout, stderr) => {
      if (error) reject(explain(stack, error, stderr));
      else resolve(stdout);
    });
  });
}

/** Pulumi's own words for each, seen with 3.270. */
const CAUSES: readonly { pattern: RegExp; message: (stack: string) => string; hint: (stack: string) => string }[] = [
  { pattern: /no stack named/i, message: (stack) => `there is no stack ${stack} yet`, hint: (stack) => `pulumi stack init ${stack} && pulumi up -s ${stack}` },
  { pattern: /passphrase must be set/i, message: () => "the passphrase of Pulumi's secrets is not set", hint: () => "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE" },
  { pattern: /incorrect passphrase/i, message: (stack) => `the passphrase does not open the secrets of stack ${stack}`, hint: () => "PULUMI_CONFIG_PASSPHRASE must be the one the stack was made with" },
  { pattern: /PULUMI_ACCESS_TOKEN|pulumi login|not logged in|no credentials/i, message: () => "Pulumi has no backend to read stacks from", hint: () => "pulumi login, or set PULUMI_BACKEND_URL" },
  { pattern: /unable to (open|read|list)|could not (open|list) bucket|no such file or directory|connection refused|no such host/i, message: () => "Pulumi's backend can't be reached", hint: () => "see PULUMI_BACKEND_URL" },
];

export function explain(stack: string, error: Error & { code?: unknown; killed?: boolean }, stderr: string): UserError {
  if (error.code === "ENOENT") {
    return new UserError("pulumi is not on the PATH", { hint: "bin/setup brings it; bin/deploy finds it by itself", code: exitCode.usage });
  }
  if (error.killed) return new UserError(`pulumi did not read stack ${stack} within ${TIMEOUT / 1000} s`, { hint: "see whether its backend answers: pulumi stack ls" });
  const words = indent(lastLines(stderr, 8));
  const cause = CAUSES.find(({ pattern }) => pattern.test(stderr));
  if (!cause) return new UserError(`pulumi could not read stack ${stack}\n${words}`);
  return new UserError(`${cause.message(stack)}\n${words}`, { hint: cause.hint(stack), code: exitCode.usage });
}

