/** The note on both hosts that a move is on: updates look for it. */
import { type MoveMark, removeMoveMark, writeMoveMark } from "../host/moves.ts";
import { mustRun } from "../remote/runner.ts";
import type { Session } from "./session.ts";

export async function markMove({ context, slug, operation, connect }: Session, { from, to }: { from: string; to: string }, phase: MoveMark["phase"]): Promise<void> {
  const mark: MoveMark = { slug, operation: operation.id, from, to, phase, by: context.environment.operator, since: context.now().toISOString() };
  for (const host of [from, to]) await mustRun(await connect(host), "noting the move", writeMoveMark(mark));
}

export async function unmarkMove({ slug, connect }: Pick<Session, "slug" | "connect">, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) await mustRun(await connect(host), "removing the note of the move", removeMoveMark(slug));
}
