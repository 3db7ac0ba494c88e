/** The way back, until `finish`: the same steps with the two hosts in each other's place. */
import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import { afterwards } from "./afterwards.ts";
import { unrouteOn } from "./clean.ts";
import { gatherHands } from "./gather-hands.ts";
import { markMove } from "./mark.ts";
import { probed } from "./probe-of.ts";
import { crossOver, type MoveOptions } from "./run.ts";
import type { Came, Work } from "./session.ts";
import { nextAfter, proveWay, settle } from "./settle.ts";

export function backWork(context: Context, { slug, from, to }: { slug: string; from: string; to: string }, options: MoveOptions): Work {
  const came: Came = { serving: to };
  return {
    came,
    async run(session) {
      await probed(context, slug, came, async (probe) => {
        await session.log.step("lock", to, async () => { await Promise.all([session.hold(from), session.hold(to)]); return undefined; });
        const hands = await gatherHands(context, slug);
        await session.log.step("preflight", from, () => proveWay(hands, "target"));
        try {
          await crossOver(session, hands, "target", came, options, probe);
        } catch (error) {
          // An update of the host must find the app's own route there.
          if (came.serving === to) await unrouteOn(context, hands.gathered.target, slug).catch((reason: unknown) => session.report.event({ type: "note", host: to, message: messageOf(reason) }));
          throw error;
        }
        await markMove(session, { from, to }, "preparing");
        await settle(session, hands, "source", options);
      });
      came.next = nextAfter(slug, false);
    },
    afterwards: () => afterwards(context, slug, came),
  };
}
