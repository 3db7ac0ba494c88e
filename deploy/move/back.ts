/** The way back: the same steps with the two hosts in each other's place; after `finish`, everything is copied there first. */
import { FIRST_SHARED_HOST } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { messageOf, UserError } from "../errors.ts";
import { afterwards } from "./afterwards.ts";
import { unrouteOn } from "./clean.ts";
import { gatherHands } from "./gather-hands.ts";
import type { Hands } from "./hands.ts";
import { markMove } from "./mark.ts";
import { probed } from "./probe-of.ts";
import { setCustomer } from "./registry.ts";
import { crossOver, follow, type MoveOptions } from "./run.ts";
import type { Came, Session, Work } from "./session.ts";
import { nextAfter, proveWay, settle } from "./settle.ts";
import { giveRoute } from "./steps/cutover.ts";
import { flowsBothWays } from "./steps/replicate.ts";

/** `from`: the shared host, which is gone to. */
export function backWork(context: Context, { slug, from, to }: { slug: string; from: string; to: string }, options: MoveOptions): Work {
  const came: Came = { serving: to };
  return {
    came,
    async run(session) {
      await probed(context, slug, came, async (probe) => {
        await session.log.step("lock", to, async () => { await Promise.all([session.hold(from), session.hold(to)]); return undefined; });
        await name(session);
        const hands = await gatherHands(context, slug);
        if (!await flowsBothWays(hands)) await copyBack(session, hands);
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

  /** From now on the files say between which two hosts the move is. */
  async function name({ signal }: Session): Promise<void> {
    const diff = await setCustomer(context.root, slug, { host: from === FIRST_SHARED_HOST ? null : from }, signal);
    if (diff === "") return;
    context.report.text(diff);
    context.reread();
  }

  /** As after a move: the shared host has everything, refuses the customer's writes and is kept current. */
  async function copyBack(session: Session, hands: Hands): Promise<void> {
    const { source: { release: here }, target: { release: there } } = hands.gathered;
    if (here.digest !== there.digest) throw new UserError(`${from} runs ${here.version} and ${to} ${there.version}: rows go between hosts of one release only`, { hint: `deploy update ${to} ${here.version}` });
    await markMove(session, { from, to }, "preparing");
    await follow(session, hands, "target");
    // Its own names besides the platform's are new to that host.
    await giveRoute(hands, "source");
  }
}
