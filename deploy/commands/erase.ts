import { eraseDue, eraseOne } from "../erasure/batch.ts";
import { mustBeKnown } from "../erasure/facts.ts";
import { warnAhead } from "../retention/warn.ts";
import type { Handler } from "./verb.ts";

export const erase: Handler = async (context, args) => {
  const options = { dryRun: args["dry-run"] === true, yes: args.yes === true, wait: Number(args.wait) };
  const slug = args.customer as string | undefined;
  if (slug === undefined) {
    if (!options.dryRun) await warnAhead(context);
    return eraseDue(context, options);
  }
  mustBeKnown(context, slug);
  return eraseOne(context, slug, { ...options, early: args.now === true, confirm: args.confirm as string | undefined });
};
