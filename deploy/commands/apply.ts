import { describeApply } from "../apply/describe.ts";
import { gatherApply } from "../apply/gather.ts";
import { type ApplyPlan, isEmpty, planApply } from "../apply/plan.ts";
import { runApply } from "../apply/run.ts";
import { confirmed } from "../confirm.ts";
import { exitCode, Refused, UserError } from "../errors.ts";
import { count } from "../report/units.ts";
import { mannerOf } from "./move.ts";
import type { Handler } from "./verb.ts";

export const apply: Handler = async (context, args) => {
  const { report, signal } = context;
  const manner = mannerOf(args);
  const plan = planApply(context.fleet, await gatherApply(context, manner));
  report.text(describeApply(plan));
  report.data({ plan });
  if (plan.faults.length > 0) throw new UserError(`nothing was changed, since ${count(plan.faults.length, "thing")} ${plan.faults.length === 1 ? "stands" : "stand"} in the way`, { hint: "mend what the plan marks with ✗" });
  if (args["dry-run"] === true) {
    report.text("Nothing was changed: this was a dry run.");
    return exitCode.ok;
  }
  if (isEmpty(plan)) return rest(plan);
  if (args.yes !== true && !await confirmed("Go on?", signal)) throw new Refused("declined; nothing was changed");
  return (await runApply(context, plan, manner)).ok ? rest(plan) : exitCode.failed;

  /** What only a person does keeps the files from being fulfilled. */
  function rest({ byHand, held }: ApplyPlan): number {
    if (byHand.length === 0) report.text(held.length === 0 ? "Hosts are as customers.yaml says." : "Hosts are as customers.yaml says, but for what is left alone.");
    else report.text(`Still to do, by you: ${byHand.flatMap(({ commands }) => commands).join("; ")}`);
    return byHand.length === 0 ? exitCode.ok : exitCode.failed;
  }
};
