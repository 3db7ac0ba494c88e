import { confirmed } from "../confirm.ts";
import type { Context } from "../context.ts";
import { exitCode, Refused, UserError } from "../errors.ts";
import { resolveBetween } from "../move/between.ts";
import { describeMove } from "../move/describe.ts";
import { gatherMove } from "../move/facts.ts";
import { lookNow } from "../move/host-now.ts";
import { pastMoves, predictMove } from "../move/past.ts";
import { type MovePlan, planMove } from "../move/plan.ts";
import { moveWork } from "../move/run.ts";
import { holdSession } from "../move/session.ts";
import { settleWork } from "../move/settle.ts";
import { pairOf, type Standing } from "../move/standing.ts";
import { customerOf, type Target, targetOf } from "../move/target.ts";
import type { Arguments, Handler } from "./verb.ts";

export const move: Handler = (context, args) => goOn(context, args, args.yes !== true);
export const moveRun: Handler = (context, args) => goOn(context, args, false);

export const movePlan: Handler = async (context, args) => {
  const target = targetOf(context.fleet, slugOf(args), args.to as string | undefined, args.tier as string | undefined);
  const plan = await planned(context, target, args);
  context.report.text(describeMove(plan));
  context.report.data({ plan });
  if (plan.faults.length > 0) return exitCode.failed;
  context.report.text(`Nothing was changed. Next: deploy move ${plan.customer}${target.edit ? " --to dedicated" : ""}`);
  return exitCode.ok;
};

/** Begins, or goes on with what the hosts say is left. */
async function goOn(context: Context, args: Arguments, ask: boolean): Promise<number> {
  const slug = slugOf(args);
  customerOf(context.fleet, slug);
  const standing = await resolveBetween(context, slug);
  if (standing.phase === "unknown") throw new UserError(silence(standing), { hint: `deploy move status ${slug}` });
  if (standing.phase === "moved") return settle(context, slug, args, "to");
  // A way back whose rest was not done: DNS leads to the host that was left, which passes on.
  if (standing.phase === "preparing" && context.fleet.customer(slug)!.host.name === standing.to.host) return settle(context, slug, args, "from");
  return begin(context, slug, args, ask && standing.phase === "none");
}

async function begin(context: Context, slug: string, args: Arguments, ask: boolean): Promise<number> {
  const target = targetOf(context.fleet, slug, args.to as string | undefined, args.tier as string | undefined);
  const plan = await planned(context, target, args);
  context.report.text(describeMove(plan));
  context.report.data({ plan });
  if (plan.faults.length > 0) throw new UserError(`nothing was changed, since ${plan.faults.length === 1 ? "something stands" : `${plan.faults.length} things stand`} in the way of the move`, { hint: "mend what the plan marks with ✗" });
  if (ask && !await confirmed("Go on?", context.signal)) throw new Refused("declined; nothing was changed");
  const summary = await holdSession(context, {
    verb: "move", slug, from: plan.from, to: plan.to, release: plan.release, plan, wait: Number(args.wait), expectedSeconds: plan.prediction.seconds,
  }, moveWork(context, target, { holdLimitMilliseconds: plan.holdLimitMilliseconds, ...workOptions(args) }));
  return summary.ok ? exitCode.ok : exitCode.failed;
}

/** The cutover is done; what follows it may not be. `at`: the host that serves. */
export async function settle(context: Context, slug: string, args: Arguments, at: "from" | "to"): Promise<number> {
  const pair = pairOf(context, slug);
  const home = pair[at];
  const { release: { version: release } } = await lookNow(context, home);
  const [left, verb] = at === "to" ? [pair.from, "move" as const] : [pair.to, "move back" as const];
  const summary = await holdSession(context, { verb, slug, from: left, to: home, release, plan: null, wait: Number(args.wait) }, settleWork(context, { slug, from: pair.from, to: pair.to, home }, workOptions(args)));
  return summary.ok ? exitCode.ok : exitCode.failed;
}

async function planned(context: Context, target: Target, args: Arguments): Promise<MovePlan> {
  const { facts } = await gatherMove(context, target);
  const prediction = predictMove(await pastMoves(context.journal), facts.tables.reduce((sum, { bytes }) => sum + bytes, facts.files.bytes));
  return planMove(context.fleet, target, facts, prediction, { holdLimitMilliseconds: holdLimit(args) });
}

const slugOf = (args: Arguments): string => String(args.customer);
export const workOptions = (args: Arguments): { rateMegabytes: number; watchSeconds: number } => ({ rateMegabytes: Number(args.rate ?? 0), watchSeconds: Number(args.watch ?? 30) });

export function holdLimit(args: Arguments): number {
  const limit = Number(args["hold-limit"]);
  if (limit >= 50 && limit <= 10_000) return limit;
  throw new UserError("--hold-limit is between 50 and 10000 milliseconds", { code: exitCode.usage });
}

const silence = ({ slug, from, to }: Standing): string =>
  `where ${slug} is served is not known, since ${[from, to].filter(({ fault }) => fault !== null).map(({ host, fault }) => `${host} does not say it (${fault})`).join(" and ")}`;
