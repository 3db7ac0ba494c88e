/** Ends a move while the old host serves. */
import type { Context } from "../context.ts";
import { afterwards } from "./afterwards.ts";
import { forgetOn, removeIfGuarded, stopOn, unrouteOn } from "./clean.ts";
import { gatherMove, type Gathered } from "./facts.ts";
import type { Came, Work } from "./session.ts";
import { type Standing } from "./standing.ts";
import { customerOf } from "./target.ts";

export function abortWork(context: Context, { slug, from: { host: from }, to: { host: to, fault } }: Standing): Work {
  const came: Came = { serving: from };
  return {
    came,
    async run({ log, hold, report }) {
      await log.step("lock", from, async () => { await hold(from); return undefined; });
      const found = await gatherMove(context, { customer: customerOf(context.fleet, slug), from, to });
      const { source, target } = found;
      const remains = { slug, data: found.verdict.move, folders: found.description.folders };
      await log.step("route", from, () => unrouteOn(context, source, slug).then(() => undefined));
      await log.step("replicate", from, () => stopOn(context, source, slug, found.systems.target).then(() => undefined));
      if (target) {
        await hold(to);
        await log.step("undo", to, () => cleanTarget(target, found));
      } else if (fault !== null) {
        report.event({ type: "note", host: to, message: `${fault}: what was copied there stays; retire the host (runbooks/retire-a-host.md), or abort again when it answers` });
      }
      await log.step("undo", from, () => forgetOn(context, source, slug).then(() => undefined));
      came.next = target ? `${to} stands without the customer and costs; deploy move ${slug} moves again, runbooks/retire-a-host.md gives the host up` : null;

      async function cleanTarget(now: NonNullable<Gathered["target"]>, { systems }: Gathered): Promise<string> {
        await stopOn(context, now, slug, systems.source);
        await unrouteOn(context, now, slug);
        // Without a guard nothing was copied: what is there is the tenant that the app was told of.
        const removed = await removeIfGuarded(context, now, remains, "nothing was copied");
        await forgetOn(context, now, slug);
        return removed;
      }
    },
    afterwards: () => afterwards(context, slug, came),
  };
}
