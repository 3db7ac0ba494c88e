/** A hold that somebody died in: its host has an answer, or will have one in a moment. */
import type { Context } from "../context.ts";
import { moveNames } from "./data/names.ts";
import { sql } from "./data/psql.ts";
import { ident } from "./data/quote.ts";
import { sideOf } from "./side.ts";
import { verdictOn } from "./steps/flip.ts";
import { type Standing, standingOf } from "./standing.ts";

/** The standing, after a hold that was cut short has come to its end. */
export async function resolveBetween(context: Context, slug: string): Promise<Standing> {
  const standing = await standingOf(context, slug);
  if (standing.phase !== "between") return standing;
  // The end that was being left has its fence closed, or is about to.
  const left = standing.from.fence === "left" ? standing.to : standing.from;
  const runner = await context.connect(left.host);
  const verdict = await verdictOn(runner, slug);
  if (verdict?.verdict === "moved") {
    const side = await sideOf(context, { host: { name: left.host }, outputs: await context.outputs(left.host) }, slug);
    await sql(side, "noting that the customer left", `select ${ident(moveNames(slug).schema)}.leave();\n`);
  }
  return standingOf(context, slug);
}
