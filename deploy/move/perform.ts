/** A move from a command to its end: what is left of it is judged from both hosts, then planned, agreed to and done. */
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import type { MoveSummary } from "../report/move-event.ts";
import { backWork } from "./back.ts";
import { resolveBetween } from "./between.ts";
import { gatherMove, provedFacts } from "./facts.ts";
import { lookNow } from "./host-now.ts";
import { pastMoves, predictMove } from "./past.ts";
import { type MovePlan, planMove } from "./plan.ts";
import { moveWork } from "./run.ts";
import { holdSession } from "./session.ts";
import { settleWork } from "./settle.ts";
import { pairOf, type Phase, type Standing } from "./standing.ts";
import { customerOf, type Target, targetOf } from "./target.ts";

/** How it is to be done. */
export interface MoveManner {
  holdLimitMilliseconds: number;
  /** Megabytes a second at most for files; 0: no limit. */
  rateMegabytes: number;
  watchSeconds: number;
  /** Seconds to wait for locks of others. */
  wait: number;
  /** Why it goes on although the host's backups were not proved lately. */
  withoutProof?: string | undefined;
}

export interface MoveWish extends MoveManner {
  to?: string | undefined;
  tier?: string | undefined;
  /** Called with the plan before anything is done, unless only what follows a cutover is left. Throws Refused for no. */
  agree(plan: MovePlan, phase: Phase): Promise<void>;
}

/** Begins, or goes on with what the hosts say is left. @throws UserError when it can't begin; nothing was changed then. */
export async function moveOn(context: Context, slug: string, wish: MoveWish): Promise<MoveSummary> {
  customerOf(context.fleet, slug);
  const standing = await resolveBetween(context, slug);
  if (standing.phase === "unknown") throw new UserError(silence(standing), { hint: `deploy move status ${slug}` });
  if (standing.phase === "moved") return settleMove(context, slug, wish, "to");
  // A way back whose rest was not done: DNS leads to the host that was left, which passes on.
  if (standing.phase === "preparing" && context.fleet.customer(slug)!.host.name === standing.to.host) return settleMove(context, slug, wish, "from");
  return begin(context, slug, wish, standing.phase);
}

async function begin(context: Context, slug: string, { to, tier, agree, ...manner }: MoveWish, phase: Phase): Promise<MoveSummary> {
  const target = targetOf(context.fleet, slug, to, tier);
  const plan = await plannedMove(context, target, manner);
  await agree(plan, phase);
  const down = target.to !== slug;
  return holdSession(context, {
    verb: down ? "move back" : "move", slug, from: plan.from, to: plan.to, release: plan.release, plan, wait: manner.wait, expectedSeconds: plan.prediction.seconds,
  }, down ? backWork(context, { slug, from: target.to, to: target.from }, manner) : moveWork(context, target, manner));
}

/** The cutover is done; what follows it may not be. `at`: the end that serves. */
export async function settleMove(context: Context, slug: string, manner: MoveManner, at: "from" | "to"): Promise<MoveSummary> {
  const pair = pairOf(context, slug);
  const home = pair[at];
  const { release: { version: release } } = await lookNow(context, home);
  const [left, verb] = at === "to" ? [pair.from, "move" as const] : [pair.to, "move back" as const];
  return holdSession(context, { verb, slug, from: left, to: home, release, plan: null, wait: manner.wait }, settleWork(context, { slug, from: pair.from, to: pair.to, home }, manner));
}

/** Looks at both hosts; changes nothing. */
export async function plannedMove(context: Context, target: Target, { holdLimitMilliseconds, withoutProof }: Pick<MoveManner, "holdLimitMilliseconds" | "withoutProof">): Promise<MovePlan> {
  const { facts: found, source } = await gatherMove(context, target);
  const facts = provedFacts(context.fleet, source, found, withoutProof);
  const prediction = predictMove(await pastMoves(context.journal), facts.tables.reduce((sum, { bytes }) => sum + bytes, facts.files.bytes));
  return planMove(context.fleet, target, facts, prediction, { holdLimitMilliseconds });
}

/** Nothing starts while something stands in its way. */
export function mustBeFree({ faults }: Pick<MovePlan, "faults">): void {
  if (faults.length > 0) throw new UserError(`nothing was changed, since ${faults.length === 1 ? "something stands" : `${faults.length} things stand`} in the way of the move`, { hint: "mend what the plan marks with ✗" });
}

const silence = ({ slug, from, to }: Standing): string =>
  `where ${slug} is served is not known, since ${[from, to].filter(({ fault }) => fault !== null).map(({ host, fault }) => `${host} does not say it (${fault})`).join(" and ")}`;
