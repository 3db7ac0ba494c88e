import { perform } from "../rollout/perform.ts";
import { prepare } from "../rollout/prepare.ts";
import { rollbackTarget } from "../rollout/rollback-target.ts";
import type { Handler } from "./verb.ts";

/** Windows don't hold it back: whoever goes back has a reason. */
export const rollback: Handler = async (context, args) => {
  const host = context.host(String(args.host));
  const release = rollbackTarget(context, host, args.to as string | undefined);
  const prepared = await prepare(context, release, { at: context.now(), now: true, only: [host.name], onFailure: "halt", back: true });
  return perform(context, prepared, { verb: "rollback", ask: false, dryRun: args["dry-run"] === true, wait: Number(args.wait) });
};
