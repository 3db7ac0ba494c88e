/** A move's standing, with how far each direction is and what lies where. */
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { age, bytes } from "../report/units.ts";
import { standingWords } from "./afterwards.ts";
import { findLeftovers } from "./data/finish.ts";
import { type ReplicationState, replicationFault, replicationState } from "./data/replicate.ts";
import type { Direction } from "./data/replication.ts";
import type { Side } from "./data/psql.ts";
import { moveNames } from "./data/names.ts";
import { sideThere } from "./side.ts";
import { type Standing, standingOf } from "./standing.ts";

export interface StandingReport extends Standing {
  replication: Partial<Record<Direction, ReplicationState>>;
  /** Objects of this move in each database. */
  objects: Record<string, string[]>;
  /** The newest operation about it. */
  last: { id: string; verb: string; startedAt: string; outcome: string | null } | null;
}

export async function reportOf(context: Context, slug: string): Promise<StandingReport> {
  const standing = await standingOf(context, slug);
  const sides = new Map<string, Side>();
  for (const { host, fault } of [standing.from, standing.to]) {
    const outputs = fault === null ? await context.outputs(host).catch(() => undefined) : undefined;
    if (outputs) sides.set(host, await sideThere(context, { host: { name: host }, outputs }, slug));
  }
  const { prefix } = moveNames(slug);
  const objects: StandingReport["objects"] = {};
  for (const [host, side] of sides) objects[host] = (await findLeftovers(side)).filter(({ name }) => name.includes(prefix)).map(({ kind, name }) => `${kind} ${name}`);
  const replication: StandingReport["replication"] = {};
  const [from, to] = [sides.get(standing.from.host), sides.get(standing.to.host)];
  if (from && to) {
    for (const [direction, sends, receives] of [["out", from, to], ["back", to, from]] as const) {
      const state = await replicationState(sends, receives, slug, direction).catch((error: unknown) => { if (error instanceof UserError) return undefined; throw error; });
      if (state && (state.sending || state.receiving)) replication[direction] = state;
    }
  }
  const operations = await context.journal.operations(200);
  const last = operations.find(({ verb, subject }) => verb.startsWith("move") && subject === slug);
  return { ...standing, replication, objects, last: last ? { id: last.id, verb: last.verb, startedAt: last.startedAt, outcome: last.outcome } : null };
}

const FENCES = { open: "takes the customer's writes", noting: "takes the customer's writes, and notes them", closed: "refuses the customer's writes", left: "was left: refuses the customer's writes" } as const;

/** Pure. */
export function describeStanding(report: StandingReport, now = Date.now()): string {
  const { slug, phase, serving, from, to, replication, objects, last } = report;
  const { undone, next } = standingWords(report);
  const rows: [string, string][] = [
    ...[from, to].map(({ host, fault, fence, route, linked }): [string, string] => [host, fault ?? ([
      ...(fence ? [FENCES[fence]] : ["nothing of a move in its database"]), ...(route ? [`the customer's requests go to ${route}`] : []), ...(linked ? ["linked"] : []),
    ].join("; "))]),
    ...(["out", "back"] as const).flatMap((direction): [string, string][] => replication[direction] ? [[direction, flowWords(replication[direction])]] : []),
    ...Object.entries(objects).filter(([, names]) => names.length > 0).map(([host, names]): [string, string] => ["has", `${host}: ${names.length} objects (${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""})`]),
    ...(last ? [["last", `${last.verb} ${last.outcome ?? "is at work"}, ${age((now - Date.parse(last.startedAt)) / 1000)} ago (${last.id})`] satisfies [string, string]] : []),
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  const quiet = phase === "none";
  return [quiet ? `${slug}: no move; ${serving} serves` : `${slug}: ${undone}`, ...(quiet ? [] : rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`)), ...(quiet ? [] : next ? [`Next: ${next}`] : [])].join("\n");
}

function flowWords(state: ReplicationState): string {
  const fault = replicationFault(state);
  if (fault) return `✗ ${fault}`;
  const open = state.receiving?.tables.filter((table) => table.state !== "following") ?? [];
  return `${open.length === 0 ? "every table follows" : `${open.length} of ${state.receiving!.tables.length} tables still to come`}; ${bytes(state.sending?.lag ?? 0)} behind`;
}
