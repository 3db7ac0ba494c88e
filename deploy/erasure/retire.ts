/** Takes down what a dedicated customer had to itself: everything that costs. A destroyed stack is not brought up again by a run that goes on. */
import { join } from "node:path";
import type { LifeSession } from "../life/session.ts";
import { destroyStack, removeStack, unprotectStack } from "../stack/destroy.ts";
import type { UpOptions } from "../stack/up.ts";

export async function retire({ step, context, signal, letGo, host }: LifeSession, stack: string): Promise<void> {
  const options = (tell: (text: string) => void): UpOptions => ({
    directory: context.root, log: join(context.root, ".etage", `destroy-${stack}.log`), signal,
    waiting: (seconds) => tell(`another run of Pulumi has the stack, for ${seconds} s so far`),
  });
  await step("unprotect", (tell) => unprotectStack(stack, options(tell)));
  // Pulumi has a lock of its own; this one goes with its machine.
  if (host === stack) await letGo();
  await step("destroy", async (tell) => { await destroyStack(stack, options(tell)); return "server, volume and DNS records are gone"; });
  await step("unstack", async (tell) => { await removeStack(stack, options(tell)); return undefined; });
}
