/** How a customer's move stands, judged from what both hosts and their databases say, never from memory. */
import { allHostnames, FIRST_SHARED_HOST } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { messageOf, UserError } from "../errors.ts";
import { customerDatabase } from "../../model/names.ts";
import { any, type Command, sections } from "../host/command.ts";
import { linkLeftovers, parseLinkLeftovers } from "../host/link-state.ts";
import { parseMoveMarks, readMoveMarks } from "../host/moves.ts";
import { listRoutes, moveService, parseRoutes } from "../host/proxy.ts";
import { parseSections } from "../host/sections.ts";
import { mustRun } from "../remote/runner.ts";
import { type Fence, fenceOf } from "./data/fence.ts";
import { moveNames } from "./data/names.ts";
import { CONTAINER, isThere, psql } from "./data/psql.ts";
import { literal } from "./data/quote.ts";
import { customerOf } from "./target.ts";

/** What one of the two hosts says. */
export interface SideStanding {
  host: string;
  /** Why it could not be asked; null when it could. */
  fault: string | null;
  /** Who may write the customer's rows there; null: the move made nothing in its database. */
  fence: Fence | null;
  /** Where its proxy sends the customer's requests, when the customer has a route of its own. */
  route: string | null;
  /** Whether its part of the link is there. */
  linked: boolean;
  /** Whether the note lies there that keeps updates away. */
  noted: boolean;
}

export type Phase =
  /** Nothing of a move is on either host. */
  | "none"
  /** The old host serves; what has been prepared is there. */
  | "preparing"
  /** In the hold, or left in it by something that died. */
  | "between"
  /** The new host serves; the old one is kept current. */
  | "moved"
  /** A host that would have to say it does not answer. */
  | "unknown";

export interface Standing {
  slug: string;
  /** The host that is left, and the customer's own. */
  from: SideStanding;
  to: SideStanding;
  phase: Phase;
  /** Host that serves the customer; null: not known. */
  serving: string | null;
}

/** The two hosts of any move of this customer: a shared one, and its own. */
export function pairOf({ fleet }: Pick<Context, "fleet">, slug: string): { from: string; to: string; hostnames: string[] } {
  const customer = customerOf(fleet, slug);
  return { from: customer.host ?? FIRST_SHARED_HOST, to: slug, hostnames: allHostnames(fleet.platform, customer) };
}

export async function standingOf(context: Context, slug: string): Promise<Standing> {
  const { from, to } = pairOf(context, slug);
  const [left, own] = await Promise.all([askSide(context, from, slug), askSide(context, to, slug)]);
  return { slug, from: left, to: own, ...phaseOf(left, own, context.fleet.customer(slug)!.host.name) };
}

/** `byFiles`: host that serves when no move is there to say otherwise. Pure. */
export function phaseOf(from: SideStanding, to: SideStanding, byFiles: string): Pick<Standing, "phase" | "serving"> {
  const here = (side: SideStanding): boolean => side.fence === "open" || side.fence === "noting";
  if (from.fence === "left") return to.fence === "closed" ? { phase: "between", serving: null } : { phase: "moved", serving: to.host };
  if (here(from) && !here(to)) return { phase: "preparing", serving: from.host };
  if (from.fence === "closed") return { phase: "between", serving: null };
  if (here(from) && here(to)) return { phase: "between", serving: null };
  // Nothing in the old host's database, or nobody who could say.
  if (from.fault !== null) return here(to) ? { phase: "moved", serving: to.host } : { phase: "unknown", serving: null };
  const traces = [from, to].some(({ linked, route, fence, noted }) => linked || route !== null || fence !== null || noted);
  // The guard goes from the old database last of all: who died after that was at the end of `finish`.
  if (traces && from.fence === null && byFiles === to.host) return { phase: "moved", serving: to.host };
  return { phase: traces ? "preparing" : "none", serving: byFiles };
}

/** Whether the way back's cutover is done; what follows it may not be. Pure. */
export const cameBack = ({ phase, to }: Pick<Standing, "phase" | "to">, byFiles: string): boolean => phase === "preparing" && (byFiles === to.host || to.fence === "left");

/** Never throws for what a host does. A stack that is not there yet is a host without traces. */
async function askSide(context: Context, host: string, slug: string): Promise<SideStanding> {
  const nothing: SideStanding = { host, fault: null, fence: null, route: null, linked: false, noted: false };
  const outputs = await context.outputs(host).catch((error: unknown) => { if (error instanceof UserError) return undefined; throw error; });
  if (!outputs) return nothing;
  const database = customerDatabase(context.fleet.platform, outputs, slug);
  const own = database.name !== outputs.database.name;
  const asked = (of: typeof database, query: string): Command => any([...psql({ container: CONTAINER, database: of }) as string[], "-c", query], ["false"]);
  const query = `select coalesce(pg_sequence_last_value(to_regclass(${literal(`${moveNames(slug).schema}.fence`)})), 0)`;
  try {
    const runner = await context.connect(host);
    const parts = parseSections(await mustRun(runner, "looking for a move", sections(
      ...(own ? [["there", asked(outputs.database, isThere(database))] as const] : []),
      ["fence", asked(database, query)],
      ["routes", listRoutes()],
      ["link", linkLeftovers(outputs.user)],
      ["notes", readMoveMarks()],
    ), { timeout: 30_000 }));
    const text = (name: string): string => parts.get(name)?.output ?? "";
    // A customer's own database that is not there has nothing of a move; a server that does not say so has a fault.
    const missing = text("there").trim() === "false";
    const silent = ["there", "fence"].find((name) => parts.has(name) && parts.get(name)!.code !== 0);
    if (silent && !missing) return { ...nothing, fault: `its database does not answer: ${text(silent).trim().split("\n").at(-1) ?? ""}` };
    return { ...nothing, fence: missing ? null : fenceOf(Number(text("fence").trim())), route: parseRoutes(text("routes"), moveService(slug))?.target ?? null, linked: parseLinkLeftovers(text("link")).includes(slug), noted: parseMoveMarks(text("notes")).some((mark) => mark.slug === slug) };
  } catch (error) {
    if (error instanceof UserError) return { ...nothing, fault: messageOf(error).split("\n")[0]! };
    throw error;
  }
}
