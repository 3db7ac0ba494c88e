import { confirmed } from "../confirm.ts";
import { backupOf } from "../backup/on-hosts.ts";
import type { Context } from "../context.ts";
import { exitCode, Refused, UserError } from "../errors.ts";
import type { RestoreSummary } from "../report/restore-event.ts";
import { besideWork } from "../restore/beside.ts";
import { dropWork } from "../restore/drop.ts";
import { gatherRestore, type GatheredRestore, hostOfCustomer, seeOn } from "../restore/facts.ts";
import { inPlaceWork } from "../restore/in-place.ts";
import { describeRestore, planRestore } from "../restore/plan.ts";
import { holdSession } from "../restore/session.ts";
import { parseTime } from "../restore/time.ts";
import type { Arguments, Handler } from "./verb.ts";

export const restoreCustomer: Handler = async (context, args) => {
  const slug = String(args.customer);
  const inPlace = args["in-place"] === true;
  if (inPlace && args.beside === true) throw new UserError("--beside and --in-place are two different things", { code: exitCode.usage });
  backupOf(context);
  const gathered = await gatherRestore(context, slug);
  const { host, seen: { mark } } = gathered.facts;
  const at = args.to === undefined ? mark?.at : parseTime(String(args.to), context.now());
  if (at === undefined) throw new UserError(`to which time? there is no scratch of ${slug} on ${host} yet`, { hint: `deploy restore customer ${slug} --to '10 min'`, code: exitCode.usage });
  if (mark && mark.phase !== "beside" && mark.at !== at) throw new Refused(`${slug} is being taken back to ${mark.at}`, `deploy restore customer ${slug} --in-place goes on with that; deploy restore drop ${slug} ends it`);
  if (!mark || mark.phase === "beside") {
    const summary = await beside(context, args, gathered, at);
    if (!summary.ok || !inPlace) return exitOf(summary);
  }
  if (args.yes !== true && !await confirmed(`Replace what ${slug} has now by what it had at ${at}? Its people see the notice of a suspended customer meanwhile.`, context.signal)) {
    throw new Refused("declined; nothing of the customer was changed", `deploy restore drop ${slug} removes the scratch`);
  }
  return exitOf(await holdSession(context, { verb: "restore in place", subject: slug, host, at, plan: null, wait: Number(args.wait) }, inPlaceWork(context, slug)));
};

/** Also when the scratch stands already: the comparison is to be of now. */
async function beside(context: Context, args: Arguments, { facts }: GatheredRestore, at: string): Promise<RestoreSummary> {
  const plan = planRestore(facts, at);
  context.report.text(describeRestore(plan));
  context.report.data({ plan });
  if (plan.faults.length > 0) throw new UserError("nothing was changed, since something stands in the way", { hint: "mend what the plan marks with ✗" });
  return holdSession(context, { verb: "restore customer", subject: plan.slug, host: plan.host, at, plan, wait: Number(args.wait) }, besideWork(context, plan.slug, at));
}

export const restoreDrop: Handler = async (context, args) => {
  const slug = String(args.customer);
  const host = hostOfCustomer(context, slug);
  const { mark, container, archived } = await seeOn(await context.connect(host), await context.outputs(host), host, slug);
  if (!mark && !container && !archived) throw new Refused(`there is no scratch of ${slug} on ${host}`, `deploy restore customer ${slug} --to TIME makes one`);
  const then = mark ? ` at ${mark.at}` : "";
  if (args.yes !== true && !await confirmed(`Remove the scratch of ${slug}${then} from ${host}? ${mark && mark.phase !== "beside" ? `A replacement was begun: ${slug} goes on with what it has.` : "What the customer has is not touched."}`, context.signal)) throw new Refused("declined; nothing was changed");
  return exitOf(await holdSession(context, { verb: "restore drop", subject: slug, host, at: mark?.at ?? null, plan: null, wait: Number(args.wait) }, dropWork(context, slug)));
};

const exitOf = ({ ok }: RestoreSummary): number => ok ? exitCode.ok : exitCode.failed;
