/** What all verbs that edit a customer take from the command line. */
import { onTerminal } from "../confirm.ts";
import type { Context } from "../context.ts";
import type { ApplyOptions } from "../customers/apply.ts";
import { follow } from "../customers/follow.ts";
import type { EditPlan } from "../customers/plan.ts";
import type { Arguments } from "./verb.ts";

export const editOptions = (args: Arguments): ApplyOptions => ({ ask: args.yes !== true, dryRun: args["dry-run"] === true, confirm: args.confirm as string | undefined, apply: args.apply === true });

export const following = (context: Context, args: Arguments) => (written: EditPlan): Promise<number> =>
  follow(context, written, { apply: args.apply === true, wait: Number(args.wait ?? 0), terminal: onTerminal(args) });
