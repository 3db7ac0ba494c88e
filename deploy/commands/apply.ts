import { describeApply } from "../apply/describe.ts";
import { gatherApply } from "../apply/gather.ts";
import { exceptOf, isDone } from "../apply/leave.ts";
import { type ApplyPlan, isEmpty, planApply } from "../apply/plan.ts";
import { runApply } from "../apply/run.ts";
import { confirmed, onTerminal } from "../confirm.ts";
import { eraseDue } from "../erasure/batch.ts";
import { exitCode, Refused, UserError } from "../errors.ts";
import { warnAhead } from "../retention/warn.ts";
import { closeAbandoned } from "../rollout/operation.ts";
import { count } from "../report/units.ts";
import { mannerOf } from "./move.ts";
import type { Handler } from "./verb.ts";

export const apply: Handler = async (context, args) => {
  const { report, signal } = context;
  const manner = mannerOf(args);
  const except = exceptOf(context.fleet, args.except as string[] | undefined);
  const plan = planApply(context.fleet, await gatherApply(context, manner), except);
  report.text(describeApply(plan));
  report.data({ plan });
  if (args["dry-run"] === true) {
    report.text("Nothing was changed: this was a dry run.");
    return exitCode.ok;
  }
  await closeAbandoned(context, context.journal);
  await warnAhead(context);
  if (isEmpty(plan)) return await erasures() ?? rest(plan);
  if (args.yes !== true && !await confirmed("Go on?", signal)) throw new Refused("declined; nothing was changed");
  return (await runApply(context, plan, manner, onTerminal(args))).ok ? await erasures() ?? rest(plan) : exitCode.failed;

  /** Exit code of what went wrong with them. */
  async function erasures(): Promise<number | undefined> {
    if (args.erase !== true || plan.erasures.length === 0) return undefined;
    const code = await eraseDue(context, { dryRun: false, yes: args.yes === true, wait: Number(args.wait) });
    return code === exitCode.ok ? undefined : code;
  }

  /** What only a person does, and what something stands in the way of, keeps the files from being fulfilled. */
  function rest(seen: ApplyPlan): number {
    const { faults, byHand, held, left } = seen;
    if (faults.length > 0) throw new UserError(`${count(faults.length, "thing")} ${faults.length === 1 ? "stands" : "stand"} in the way; everything else is as customers.yaml says`, { hint: "mend what the plan marks with ✗" });
    if (isDone(seen)) report.text(`Hosts are as customers.yaml says${held.length > 0 || left.length > 0 ? ", but for what is left alone" : ""}.`);
    if (byHand.length > 0) report.text(`Still to do, by you: ${byHand.flatMap(({ commands }) => commands).join("; ")}`);
    return isDone(seen) ? exitCode.ok : exitCode.failed;
  }
};
