import { resolveRelease } from "../release/resolve.ts";
import { perform } from "../rollout/perform.ts";
import { prepare } from "../rollout/prepare.ts";
import type { Handler } from "./verb.ts";

/** Naming one host is meant; it is not asked again. Without a version: not one that nobody has tried yet. */
export const update: Handler = async (context, args) => {
  const { name } = context.host(String(args.host));
  const release = resolveRelease(context, args.release as string | undefined, { proven: true });
  const prepared = await prepare(context, release, { at: context.now(), now: args.now === true, only: [name], onFailure: "halt" });
  return perform(context, prepared, { verb: "update", ask: false, dryRun: args["dry-run"] === true, wait: Number(args.wait) });
};
