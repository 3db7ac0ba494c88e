import { confirmed, typed } from "../confirm.ts";
import type { Context } from "../context.ts";
import { exitCode, Refused, UserError } from "../errors.ts";
import { abortWork } from "../move/abort.ts";
import { backWork } from "../move/back.ts";
import { gatherMove } from "../move/facts.ts";
import { finishWork, wouldGo } from "../move/finish.ts";
import { lookNow } from "../move/host-now.ts";
import { resolveBetween } from "../move/between.ts";
import { lateNames } from "../move/late-names.ts";
import { holdSession, type SessionOptions, type Work } from "../move/session.ts";
import { cameBack, pairOf, type Phase, type Standing } from "../move/standing.ts";
import { customerOf } from "../move/target.ts";
import { addressesOf } from "../public.ts";
import { bytes, count } from "../report/units.ts";
import { goOn, mannerOf, settle } from "./move.ts";
import type { Arguments, Handler } from "./verb.ts";

export const moveAbort: Handler = async (context, args) => {
  const standing = await standingIn(context, args, "preparing", "there is no move to end");
  const { slug, from, to } = standing;
  if (context.fleet.customer(slug)!.host.name === to.host) throw new Refused(`the way back of ${slug} is not done: ${from.host} serves, but its names still lead to ${to.host}`, `deploy move back ${slug} finishes it; then abort`);
  if (args.yes !== true && !await confirmed(`End the move of ${slug}? ${from.host} goes on serving; what was copied to ${to.host} is removed.`, context.signal)) throw new Refused("declined; nothing was changed");
  return act(context, args, { verb: "move abort", slug, from: from.host, to: to.host, release: await releaseOn(context, from.host) }, abortWork(context, standing));
};

export const moveBack: Handler = async (context, args) => {
  const before = await resolveBetween(context, customerOf(context.fleet, String(args.customer)).slug);
  const home = context.fleet.customer(before.slug)!.host.name;
  if (cameBack(before, home)) return settle(context, before.slug, args, "from");
  if (before.phase === "none" && home === before.to.host) return goOn(context, { ...args, to: args.to ?? before.from.host }, args.yes !== true);
  const { slug, from, to } = await standingIn(context, args, "moved", "there is nothing to go back from");
  if (args.yes !== true && !await confirmed(`Bring ${slug} back from ${to.host} to ${from.host}? Its requests wait for some milliseconds.`, context.signal)) throw new Refused("declined; nothing was changed");
  return act(context, args, { verb: "move back", slug, from: to.host, to: from.host, release: await releaseOn(context, to.host) }, backWork(context, { slug, from: from.host, to: to.host }, mannerOf(args)));
};

export const moveFinish: Handler = async (context, args) => {
  const { slug, from, to } = await standingIn(context, args, "moved", "there is no move to finish");
  const found = await gatherMove(context, { customer: customerOf(context.fleet, slug), from: from.host, to: to.host });
  const { target } = found;
  if (!target) throw new UserError(`${to.host} does not serve ${slug} in good health`, { hint: "deploy status says more" });
  const late = await lateNames(pairOf(context, slug).hostnames, found.source.outputs.address, (name) => addressesOf(name, context.environment.resolver));
  if (late.length > 0) {
    throw new Refused(`${late.join(", ")} still ${late.length === 1 ? "leads" : "lead"} to ${from.host} by DNS, which passes on what comes: after \`finish\` nobody would answer there`, `lead ${late.length === 1 ? "it" : "them"} to ${target.outputs.address}, or take ${late.length === 1 ? "it" : "them"} out of customers.yaml`);
  }
  const { rows, tables, files } = await wouldGo(context, slug, { ...found, target });
  const what = `${count(rows, "row")} and ${count(files.count, "file")} (${bytes(files.bytes)}) of ${slug} on ${from.host}`;
  context.report.text([`Removes ${what}, after a dump of ${from.host}'s database:`, ...tables.map(([table, amount]) => `  ${table} ${amount}`), `From then on there is no way back to ${from.host}.`].join("\n"));
  const given = args.confirm as string | undefined ?? await typed(`Type ${slug} to remove ${what}:`, `--confirm ${slug}`, context.signal);
  if (given !== slug) throw new Refused(`${args.confirm === undefined ? "what was typed" : "--confirm"} is not ${slug}; nothing was changed`);
  return act(context, args, { verb: "move finish", slug, from: from.host, to: to.host, release: target.release.version }, finishWork(context, slug, { ...found, target }, { quiet: Number(args.quiet) }));
};

async function act(context: Context, args: Arguments, options: Pick<SessionOptions, "verb" | "slug" | "from" | "to" | "release">, work: Work): Promise<number> {
  const summary = await holdSession(context, { ...options, plan: null, wait: Number(args.wait) }, work);
  return summary.ok ? exitCode.ok : exitCode.failed;
}

/** @throws Refused when the move is in no such phase. */
async function standingIn(context: Context, args: Arguments, phase: Phase, otherwise: string): Promise<Standing> {
  const slug = String(args.customer);
  const standing = await resolveBetween(context, slug);
  if (standing.phase === phase) return standing;
  const now = { none: "no move of it is on", preparing: `${standing.from.host} serves it still`, moved: `${standing.to.host} serves it already`, between: "its requests are held just now", unknown: "a host does not answer" }[standing.phase];
  throw new Refused(`${otherwise} of ${slug}: ${now}`, standing.phase === "moved" ? `deploy move back ${slug} returns` : `deploy move status ${slug}`);
}

const releaseOn = async (context: Context, host: string): Promise<string> => (await lookNow(context, host)).release.version;
