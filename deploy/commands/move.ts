import { confirmed } from "../confirm.ts";
import type { Context } from "../context.ts";
import { exitCode, Refused, UserError } from "../errors.ts";
import { describeMove } from "../move/describe.ts";
import { type MoveManner, moveOn, mustBeFree, plannedMove, settleMove } from "../move/perform.ts";
import { targetOf } from "../move/target.ts";
import { reasonOf } from "./asked.ts";
import type { Arguments, Handler } from "./verb.ts";

export const move: Handler = (context, args) => goOn(context, args, args.yes !== true);
export const moveRun: Handler = (context, args) => goOn(context, args, false);

export const movePlan: Handler = async (context, args) => {
  const target = targetOf(context.fleet, slugOf(args), args.to as string | undefined, args.tier as string | undefined);
  const plan = await plannedMove(context, target, { holdLimitMilliseconds: holdLimit(args), withoutProof: reasonOf(args) });
  context.report.text(describeMove(plan));
  context.report.data({ plan });
  if (plan.faults.length > 0) return exitCode.failed;
  context.report.text(`Nothing was changed. Next: deploy move ${plan.customer}${target.edit ? " --to dedicated" : target.to === plan.customer ? "" : ` --to ${target.to}`}`);
  return exitCode.ok;
};

/** Begins, or goes on; `ask`: when nothing was begun before. */
export async function goOn(context: Context, args: Arguments, ask: boolean): Promise<number> {
  const summary = await moveOn(context, slugOf(args), {
    to: args.to as string | undefined, tier: args.tier as string | undefined, ...mannerOf(args),
    async agree(plan, phase) {
      context.report.text(describeMove(plan));
      context.report.data({ plan });
      mustBeFree(plan);
      if (ask && phase === "none" && !await confirmed("Go on?", context.signal)) throw new Refused("declined; nothing was changed");
    },
  });
  return summary.ok ? exitCode.ok : exitCode.failed;
}

/** The cutover is done; what follows it may not be. `at`: the host that serves. */
export async function settle(context: Context, slug: string, args: Arguments, at: "from" | "to"): Promise<number> {
  const summary = await settleMove(context, slug, mannerOf(args), at);
  return summary.ok ? exitCode.ok : exitCode.failed;
}

const slugOf = (args: Arguments): string => String(args.customer);
export const mannerOf = (args: Arguments): MoveManner => ({ holdLimitMilliseconds: holdLimit(args), rateMegabytes: Number(args.rate ?? 0), watchSeconds: Number(args.watch ?? 30), wait: Number(args.wait ?? 0), withoutProof: reasonOf(args) });

function holdLimit(args: Arguments): number {
  const limit = Number(args["hold-limit"] ?? 1000);
  if (limit >= 50 && limit <= 10_000) return limit;
  throw new UserError("--hold-limit is between 50 and 10000 milliseconds", { code: exitCode.usage });
}
