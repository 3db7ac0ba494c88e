/** Reads the outputs of Pulumi stacks: the truth about addresses, keys and secrets. Never kept on disk. */
import { execFile } from "node:child_process";
import pLimit from "p-limit";
import { type Outputs, outputs } from "../../model/outputs.ts";
import { exitCode, UserError } from "../errors.ts";
import { indent, lastLines } from "../remote/runner.ts";

/** How many `pulumi` processes run at once; each takes about a core for half a second. */
const AT_ONCE = 4;
const TIMEOUT = 60_000;

/** Reads a stack's outputs, once per operation. `directory` holds Pulumi.yaml. */
export function stackReader(directory: string): (stack: string) => Promise<Outputs> {
  const limit = pLimit(AT_ONCE);
  const known = new Map<string, Promise<Outputs>>();
  return (stack) => {
    const reading = known.get(stack) ?? limit(() => readOutputs(stack, directory));
    known.set(stack, reading);
    return reading;
  };
}

async function readOutputs(stack: string, directory: string): Promise<Outputs> {
  const text = await pulumi(["stack", "output", "--json", "--show-secrets", "--non-interactive", "-s", stack], stack, directory);
  const parsed = outputs.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const missing = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new UserError(`stack ${stack} is not fully up: it has no ${missing}`, { hint: `pulumi up -s ${stack}`, code: exitCode.usage });
  }
  return parsed.data;
}

function pulumi(words: string[], stack: string, directory: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("pulumi", words, { cwd: directory, timeout: TIMEOUT, maxBuffer: 16 * 2 ** 20, encoding: "utf8" }, (error, stdout, stderr) => {
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

