/** A move from its beginning to a customer who is served by the other host. Every step looks first what is there already. */
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { afterwards } from "./afterwards.ts";
import type { FlipVerdict } from "./flip/input.ts";
import { gatherMove } from "./facts.ts";
import { removeMove } from "../host/room.ts";
import { mustRun } from "../remote/runner.ts";
import { standingOf } from "./standing.ts";
import { unrouteOn } from "./clean.ts";
import type { Release } from "../rollout/release.ts";
import type { HostNow } from "./host-now.ts";
import { gatherHands } from "./gather-hands.ts";
import { type End, type Hands, hostOf, otherEnd } from "./hands.ts";
import { markMove, unmarkMove } from "./mark.ts";
import type { Probe } from "./probe.ts";
import { probed } from "./probe-of.ts";
import { setCustomer } from "./registry.ts";
import type { Came, Session, Work } from "./session.ts";
import { nextAfter, settle } from "./settle.ts";
import { bringFiles, compareAfter, cutOver, type CutoverOptions, rehearse } from "./steps/cutover.ts";
import { partsBySteps } from "./steps/flip.ts";
import { bringRelease, bringUp } from "./steps/provision.ts";
import { replicate } from "./steps/replicate.ts";
import { prepareSchema, shareReference } from "./steps/schema.ts";
import { FLIPPING } from "./steps.ts";
import type { Target } from "./target.ts";

export interface MoveOptions extends CutoverOptions { watchSeconds: number }

export function moveWork(context: Context, target: Target, options: MoveOptions): Work {
  const { customer: { slug }, from, to } = target;
  const came: Came = { serving: from };
  return {
    came,
    async run(session) {
      await probed(context, slug, came, async (probe) => {
        const hands = await prepare(session, target, came);
        await follow(session, hands, "source");
        await crossOver(session, hands, "source", came, options, probe);
        await markMove(session, { from, to }, "moved");
        await settle(session, hands, "target", options);
      });
      came.next = nextAfter(slug, true);
    },
    afterwards: () => afterwards(context, slug, came),
  };

  async function prepare(session: Session, { edit }: Target, known: Came): Promise<Hands> {
    const { log, hold, goOn, signal } = session;
    await log.step("lock", from, async () => { await hold(from); return undefined; });
    await log.step("preflight", from, async () => {
      const { facts } = await gatherMove(context, target);
      if (facts.faults.length > 0) throw new UserError(facts.faults.map(({ message }) => message).join("\n"), { hint: `deploy move plan ${slug} says how to mend it` });
      known.tables = facts.tables.length;
      known.bytes = facts.files.bytes + facts.tables.reduce((sum, { bytes }) => sum + bytes, 0);
      return `${facts.tables.length} tables, ${facts.strategy.name}`;
    });
    goOn();
    await log.step("provision", to, async (tell) => {
      const diff = edit ? await setCustomer(context.root, slug, edit, signal) : "";
      if (diff) context.report.text(diff);
      context.reread();
      await bringUp(context, to, { signal, tell });
      goOn();
      const { source: { release }, target: there } = await gatherMove(context, target);
      // Updates of both hosts are refused while the note lies there; the release may have to be brought once more.
      await unmarkMove(session, [to]);
      const said = await releaseThere(session, there, release, tell);
      await hold(to);
      return said;
    });
    goOn();
    await markMove(session, { from, to }, "preparing");
    return gatherHands(context, slug);
  }

  /** Where the customer has been before, its route has the app's names and passes on what comes late: it may stay when the release is there. */
  async function releaseThere(session: Session, there: HostNow | undefined, release: Release, tell: (text: string) => void): Promise<string> {
    const { operation, signal, wait } = session;
    if (there && !there.seen.route) {
      if (there.release.digest === release.digest) return `${release.version} is there`;
      await unrouteOn(context, there, slug);
    } else if (!there && (await standingOf(context, slug)).to.route !== null) {
      // No app is left there; its names must be free for the one that comes.
      await mustRun(await session.connect(to), "taking the customer's route away", removeMove(slug));
    }
    return bringRelease(context, to, release, { operation: operation.id, signal, wait, tell });
  }

}

/** The customer's rows are at both ends then, and flow both ways. `left`: the end that has them. */
export async function follow({ log, goOn, signal }: Session, hands: Hands, left: End): Promise<void> {
  const to = hostOf(hands, otherEnd(left)).host.name;
  await log.step("schema", to, (tell) => prepareSchema(hands, left, { tell, goOn }));
  goOn();
  await log.step("reference", to, () => shareReference(hands, left));
  goOn();
  await log.step("replicate", to, (tell) => replicate(hands, left, { signal, goOn, tell }));
  goOn();
}

/** From the last passes of files to the moment in which the other end answers; both ways. `left`: the end that the customer leaves. */
export async function crossOver(session: Session, hands: Hands, left: End, came: Came, options: MoveOptions, probe: Probe): Promise<void> {
  const { log, goOn } = session;
  const [old, next] = [hostOf(hands, left).host.name, hostOf(hands, otherEnd(left)).host.name];
  await log.step("files", next, (tell) => bringFiles(hands, left, options, tell));
  goOn();
  await log.step("rehearse", old, async (tell) => {
    const { rows, bytes, detail } = await rehearse(session, hands, left, options, tell);
    came.rows = rows;
    came.tables = hands.data.tables.length;
    came.bytes ??= bytes;
    return detail;
  });
  goOn();
  probe.mark();
  const verdict = await held(session, hands, left, options);
  came.serving = next;
  came.holdMilliseconds = verdict.milliseconds;
  came.parts = partsBySteps(verdict.parts);
  await compareAfter(session, hands, left, verdict, came);
}

/** The hold's parts are steps of the journal, told by the host when they are over. */
async function held(session: Session, hands: Hands, left: End, options: MoveOptions): Promise<Extract<FlipVerdict, { verdict: "moved" }>> {
  const steps = await session.log.expect(FLIPPING, hostOf(hands, left).host.name);
  try {
    const verdict = await cutOver(session, hands, left, options, (text) => session.report.event({ type: "move-progress", customer: session.slug, step: "hold", text }));
    const parts = partsBySteps(verdict.parts);
    for (const step of FLIPPING) await steps.ended(step, "ok", parts[step] ?? 0, step === "hold" ? `${Math.round(verdict.milliseconds * 10) / 10} ms in all${verdict.by === "watchdog" ? ", ended by the watchdog" : ""}` : null);
    return verdict;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return await steps.failed("hold", error);
  } finally {
    await steps.close();
  }
}
