/** Takes a stack down for good: its protection, what it made, its name. Each may be done again after it was killed. */
import { z } from "zod";
import { UserError } from "../errors.ts";
import { pulumi } from "./pulumi.ts";
import { runUntilFree, type UpOptions } from "./up.ts";

const exported = z.object({ deployment: z.object({ resources: z.array(z.object({ type: z.string(), protect: z.boolean().optional() })).default([]) }) });

/** Of a stack's state, as `pulumi stack export` prints it: whether something can't be destroyed yet. Pure. */
export const isProtected = (text: string): boolean => exported.parse(JSON.parse(text)).deployment.resources.some(({ protect }) => protect === true);

/** Server and volume may be deleted from then on, by Pulumi and by Hetzner's API. Resolves with a word for the report. */
export async function unprotectStack(stack: string, options: UpOptions): Promise<string> {
  const { directory } = options;
  // After a run that began to destroy, `up` would make again what is gone.
  if (!isProtected(await pulumi(["stack", "export", "-s", stack], stack, directory))) return "nothing is protected any more";
  await pulumi(["config", "set", "etage:protect", "false", "-s", stack], stack, directory);
  await runUntilFree(stack, ["up", "-s", stack, "--yes", "--skip-preview"], options, "be unprotected");
  return "server and volume may be deleted";
}

export const destroyStack = (stack: string, options: UpOptions): Promise<void> => runUntilFree(stack, ["destroy", "-s", stack, "--yes", "--skip-preview"], options, "be destroyed");

/** Its state and its settings. One that is gone already is no fault. */
export async function removeStack(stack: string, { directory }: UpOptions): Promise<void> {
  try {
    await pulumi(["stack", "rm", stack, "--yes"], stack, directory);
  } catch (error) {
    if (!(error instanceof UserError && /no stack named|there is no stack/i.test(error.message))) throw error;
  }
}
