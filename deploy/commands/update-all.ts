import { resolveRelease } from "../release/resolve.ts";
import { perform } from "../rollout/perform.ts";
import { prepare } from "../rollout/prepare.ts";
import type { Handler } from "./verb.ts";

export const updateAll: Handler = async (context, args) => {
  const except = ((args.except as string[] | undefined) ?? []).flatMap((names) => names.split(","));
  for (const name of except) context.host(name); // an unknown one is a typing mistake
  const release = await resolveRelease(context, args.release as string | undefined);
  const prepared = await prepare(context, release, { at: context.now(), except, now: args.now === true });
  return perform(context, prepared, { verb: "update-all", ask: args.yes !== true, dryRun: args["dry-run"] === true, wait: Number(args.wait), fleetWide: true });
};
