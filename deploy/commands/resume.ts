import { exitCode } from "../errors.ts";
import { closeAbandoned } from "../rollout/operation.ts";
import { perform } from "../rollout/perform.ts";
import { plannedHosts } from "../rollout/plan.ts";
import { prepare } from "../rollout/prepare.ts";
import { findResumable } from "../rollout/resumable.ts";
import { unfinishedMove } from "../move/unfinished.ts";
import type { Handler } from "./verb.ts";

/** The hosts themselves say what is left: those that have the release are not touched again. */
export const resume: Handler = async (context, args) => {
  const move = await unfinishedMove(context.journal, args.operation as string | undefined);
  if (move) {
    const again = { watch: 30, "hold-limit": 1000, ...args, customer: move.slug };
    return move.back ? (await import("./move-end.ts")).moveBack(context, again) : (await import("./move.ts")).moveRun(context, again);
  }
  const { operation, release, onFailure, only } = await findResumable(context.journal, context.fleet, args.operation as string | undefined);
  const prepared = await prepare(context, release, { at: context.now(), now: args.now === true, onFailure, only });
  const { plan } = prepared;
  if (plannedHosts(plan).length === 0 && plan.waiting.length === 0 && plan.refused.length === 0) {
    await closeAbandoned(context, context.journal);
    context.report.text(`Nothing is left of ${operation}: ${plan.unchanged.join(", ")} run ${release.version}.`);
    context.report.data({ plan });
    return exitCode.ok;
  }
  return perform(context, prepared, { verb: "resume", ask: args.yes !== true, dryRun: args["dry-run"] === true, wait: Number(args.wait), parent: operation, fleetWide: true });
};
