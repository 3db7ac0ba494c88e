/** Takes hold of both hosts of a move: looks at them, and opens their link. */
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { gatherMove } from "./facts.ts";
import { type Hands, linkedOf } from "./hands.ts";
import { openLink, requireLink } from "./link.ts";
import { pairOf } from "./standing.ts";
import { customerOf } from "./target.ts";

/** @throws UserError when one of the hosts can't be reached or is not well, or they don't reach each other. */
export async function gatherHands(context: Context, slug: string): Promise<Hands> {
  const { from, to } = pairOf(context, slug);
  const gathered = await gatherMove(context, { customer: customerOf(context.fleet, slug), from, to });
  const { source, target, description: { folders }, verdict: { move: data } } = gathered;
  if (!target) throw new UserError(`${to} is not there, or serves no release`, { hint: "deploy status says more" });
  const ends = { context, gathered: { ...gathered, target } };
  const [near, far] = await Promise.all([linkedOf(ends, "source"), linkedOf(ends, "target")]);
  const { port, health } = context.fleet.platform.app;
  const link = await openLink(slug, { source: near, target: far }, port);
  await requireLink(slug, { source: near, target: far }, link, source.release.version === target.release.version ? health.ready : null);
  return { ...ends, slug, data, folders, link };
}
