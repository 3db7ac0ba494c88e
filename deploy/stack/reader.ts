/**
 * Reads stacks with as little privilege as the question needs. Addresses, keys and names lie open in the state and take no
 * passphrase (`stack output` would decrypt all of it first: a second a stack); secrets are decrypted one stack at a time,
 * when somebody asks for them, and never touch the disk.
 */
import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { fingerprint, type Outputs, type Secrets, secrets } from "../../model/outputs.ts";
import { exitCode, UserError } from "../errors.ts";
import { checkpointFolder, readCheckpoint } from "./checkpoint.ts";
import { pulumi } from "./pulumi.ts";
import { parseExport } from "./state.ts";

export interface StackReader {
  /** Throws UserError when the stack is not there or not fully up. */
  outputs(stack: string): Promise<Outputs>;
  /** Throws UserError when the passphrase is missing or wrong as well. */
  secrets(stack: string): Promise<Secrets>;
}

/** Reads each stack once. `directory` holds Pulumi.yaml; `backend` is PULUMI_BACKEND_URL, which wins over project and login. */
export function stackReader(directory: string, backend: string | undefined): StackReader {
  // Each process keeps a core busy.
  const limit = pLimit(Math.max(2, availableParallelism()));
  const run = (stack: string, ...words: string[]): Promise<string> => limit(() => pulumi([...words, "-s", stack], stack, directory));
  // Of a file only a small part is kept; many at once would only fill the memory.
  const files = pLimit(16);
  let folder: Promise<string | undefined> | undefined;

  const readOutputs = async (stack: string): Promise<Outputs> => {
    const place = await (folder ??= findFolder(directory, backend));
    const found = place === undefined ? undefined : await files(() => readCheckpoint(place, stack));
    return found ?? parseExport(await run(stack, "stack", "export"), stack);
  };
  const outputs = once(readOutputs);
  return {
    outputs,
    secrets: once(async (stack) => {
      const [{ fingerprints }, text] = await Promise.all([outputs(stack), run(stack, "stack", "output", "--json", "--show-secrets")]);
      const found = secrets.parse(JSON.parse(text));
      const other = Object.entries(fingerprints).filter(([name, sum]) => fingerprint(found[name as keyof Secrets]) !== sum).map(([name]) => name);
      if (other.length === 0) return found;
      throw new UserError(`the secrets of stack ${stack} (${other.join(", ")}) are not those that it was read with: it was changed just now`, { hint: "run the same command again", code: exitCode.failed });
    }),
  };
}

async function findFolder(directory: string, backend: string | undefined): Promise<string | undefined> {
  if (backend) return checkpointFolder(backend, directory);
  // Without a login the same question fails again for a stack, with a message that names it.
  const answer = await pulumi(["whoami", "--json"], "", directory).catch(() => "{}");
  const { url } = JSON.parse(answer) as { url?: string };
  return url ? checkpointFolder(url, directory) : undefined;
}

/** A stack is read once for all who ask. */
function once<T>(read: (stack: string) => Promise<T>): (stack: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (stack) => {
    const reading = known.get(stack) ?? read(stack);
    known.set(stack, reading);
    return reading;
  };
}
