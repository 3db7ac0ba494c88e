/**
 * The strategies of a move that `bench move` does not show: a customer with a database of its own, and one with files only,
 * go from a shared host to a host of their own, back and there again while they write and read and the others work. The last
 * move is killed in the hold and its end in the middle; nothing may be left on the host that was left.
 */
import { killed, underWrites } from "../drills/move/round.ts";
import { cloneWithLab } from "../test/support/clone.ts";
import type { Site } from "../drills/site/site.ts";
import type { Options, Outcome, Row } from "./main.ts";
import { begin, declare, idsOf, type Keep, MOVED, tracesOn } from "./strategies/scene.ts";

const RATES = { writes: 10, reads: 20, others: 2, watch: 0 };

export async function run(progress: (line: string) => void, _options: Options): Promise<Outcome> {
  progress("bringing up a lab and a shared host …");
  const site = await cloneWithLab("epica.com.tr");
  try {
    await begin(site);
    const played = [await play(site, "databases", progress), await play(site, "files", progress)];
    return { rows: played.flatMap(({ rows }) => rows), figure: played.map(({ figure }) => figure).join("; ") };
  } finally {
    await site.remove();
  }
}

/** There, back, there again and finished. @throws when the customer was not brought over, or something is left. */
export async function play(site: Site, keep: Keep, progress: (line: string) => void): Promise<Outcome> {
  declare(site, keep);
  const slug = MOVED[keep];
  const there = ["move", "run", slug];
  const { legs, customer, others, acknowledged, lost } = await underWrites(site, { slug, ...RATES, ids: idsOf(keep) }, [
    { words: [...there, "--to", "dedicated"] }, { words: ["move", "back", slug, "--yes"] }, { words: there, killedAt: "hold" },
  ], (line) => progress(`${slug}: ${line}`));
  const failed = legs.find(({ summary }) => !summary.ok);
  if (failed) throw new Error(`${failed.verb} of ${slug}: ${JSON.stringify(failed.summary.failure)}`);
  await finish(site, slug);
  const left = [...await tracesOn(site, "shared", slug), ...(await tracesOn(site, slug, slug)).filter((trace) => !trace.startsWith("database ") && !trace.startsWith("files "))].filter((trace) => !trace.startsWith("database ") || trace === `database app_${slug.replaceAll("-", "_")}`);
  if (left.length > 0) throw new Error(`after finish there is still: ${left.join(", ")}`);
  const kept = await idsOf(keep)(site, slug);
  const gone = lost.find(({ host }) => host === slug)!.missing;
  const holds = legs.flatMap(({ summary }) => summary.holdMilliseconds ?? []);
  const row = (what: string, values: number[], unit?: string): Row => ({ what: `${keep}: ${what}`, values, ...(unit ? { unit } : {}) });
  return {
    rows: [row("requests held", holds, "ms"), row("longest answer", [customer.max], "ms"), row("a whole move, host and all", [legs[0]!.summary.seconds]), row("the way back, or there again", legs.slice(1).map(({ summary }) => summary.seconds))],
    figure: `${keep}: held for ${Math.max(...holds).toFixed(1)} ms at most, ${customer.failed + others.failed} of ${(customer.sent + others.sent).toLocaleString("en")} requests failed${listed([...customer.failures, ...others.failures])}, ${gone} of ${acknowledged.toLocaleString("en")} acknowledged writes lost, ${kept.size.toLocaleString("en")} there, nothing left behind`,
  };
}

const listed = (failures: readonly string[]): string => (failures.length > 0 ? ` (${failures.join("; ")})` : "");

/** Killed when the customer's data has gone from the old host and the move's own things have not, and typed again. */
async function finish(site: Site, slug: string): Promise<void> {
  const words = ["move", "finish", slug, "--confirm", slug, "--wait", "120"];
  await killed(site, words, "undo");
  await site.must(["bin/deploy", ...words]);
}
