/** Asks stacks, hosts and journal how things are. Changes nothing. */
import pLimit from "p-limit";
import type { Host } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { pendingCredentials } from "../credentials/pending.ts";
import { UserError } from "../errors.ts";
import { type MoveManner, plannedMove } from "../move/perform.ts";
import type { MovePlan } from "../move/plan.ts";
import { type Standing, standingOf } from "../move/standing.ts";
import { targetOf } from "../move/target.ts";
import { stackNames } from "../stack/names.ts";
import { heldBy } from "./customers.ts";
import type { Found, HostFinding } from "./finding.ts";
import { knownAt, lookFor } from "./look.ts";

/** Connections that are opened at once. */
const AT_ONCE = 16;
/** Operations of the journal that are looked through. */
const NEWEST = 500;

export async function gatherApply(context: Context, manner: Pick<MoveManner, "holdLimitMilliseconds" | "withoutProof">): Promise<Found> {
  const { fleet } = context;
  const stacks = await stackNames(context.root);
  const limit = pLimit(AT_ONCE);
  const hosts = new Map<string, HostFinding>(await Promise.all(fleet.hosts.filter(({ phase }) => phase === "live").map((host) => limit(async (): Promise<[string, HostFinding]> =>
    [host.name, stacks.has(host.name) ? await lookFor(context, host) : { state: "absent" }]))));
  const marks = [...hosts.values()].flatMap((finding) => finding.state === "serving" ? finding.moves.map(({ slug }) => slug) : []);
  const staged = fleet.hosts.filter(({ phase }) => phase === "staged").map(({ name }) => name);
  const slugs = [...new Set([...staged, ...marks])].filter((slug) => fleet.customer(slug)).sort();
  const standings = new Map(await Promise.all(slugs.map((slug) => limit(async () => [slug, await standingOf(context, slug)] as const))));
  const newest = await newestOf(context);
  return { hosts, standings, stacks, newest, today: context.now(), pending: await pendingCredentials(context.journal), elsewhere: await elsewhere(context, hosts, stacks), ...await planMoves(context, standings, newest, manner) };
}

/** Those whose app is not where the files have it: nobody must be made there a second time. */
async function elsewhere(context: Context, hosts: Map<string, HostFinding>, stacks: ReadonlySet<string>): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const shared = context.fleet.hosts.filter(({ name, kind }) => kind === "shared" && hosts.get(name)?.state === "serving");
  for (const { name, kind, customers } of context.fleet.hosts) {
    const finding = hosts.get(name);
    const missing = finding?.state === "serving" ? finding.unknown : finding?.state === "absent" ? customers.map(({ slug }) => slug) : [];
    const strange = missing.filter((slug) => !context.fleet.customer(slug)?.next);
    for (const slug of strange) if (kind === "shared" && stacks.has(slug)) found.set(slug, slug);
    for (const other of shared) if (other.name !== name) for (const slug of await asked(other, strange)) found.set(slug, other.name);
  }
  return found;

  /** One that has fallen silent since is silent. */
  async function asked(other: Host, slugs: readonly string[]): Promise<Iterable<string>> {
    try {
      return await knownAt(context, other, slugs);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      hosts.set(other.name, { state: "silent", fault: error.message.split("\n")[0]! });
      return [];
    }
  }
}

async function newestOf({ journal }: Pick<Context, "journal">): Promise<Map<string, string>> {
  const newest = new Map<string, string>();
  for (const { verb, subject } of await journal.operations(NEWEST)) if (verb.startsWith("move") && !newest.has(subject)) newest.set(subject, verb);
  return newest;
}

/** Of those that would begin or copy on; one after the other, since each reads a whole catalogue. */
async function planMoves(context: Context, standings: ReadonlyMap<string, Standing>, newest: ReadonlyMap<string, string>, manner: Pick<MoveManner, "holdLimitMilliseconds" | "withoutProof">): Promise<Pick<Found, "moves" | "unplanned">> {
  const moves = new Map<string, MovePlan>();
  const unplanned = new Map<string, { fault: string; hint?: string }>();
  for (const [slug, standing] of standings) {
    const begins = ["none", "preparing"].includes(standing.phase) && standing.to.fault === null && heldBy(standing, newest.get(slug)) === null;
    if (!begins || !context.fleet.customer(slug)?.next) continue;
    try {
      moves.set(slug, await plannedMove(context, targetOf(context.fleet, slug, undefined, undefined), manner));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unplanned.set(slug, { fault: error.message.split("\n")[0]!, ...(error.hint ? { hint: error.hint } : {}) });
    }
  }
  return { moves, unplanned };
}
