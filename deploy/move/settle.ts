/** What follows a cutover, whichever way: DNS, the other host passing on and being kept current, a watchful moment. */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { leaveRoom } from "../host/room.ts";
import { mustRun } from "../remote/runner.ts";
import { askOutside } from "../rollout/steps/gate-outside.ts";
import { covers } from "../rollout/wanted.ts";
import type { Context } from "../context.ts";
import { afterwards } from "./afterwards.ts";
import { flipStatements } from "./data/flip-statements.ts";
import { ask, sql } from "./data/psql.ts";
import { replicationFault, replicationState } from "./data/replicate.ts";
import { forgetFailures } from "./data/replication.ts";
import { gatherHands } from "./gather-hands.ts";
import { databaseOf, type End, type Hands, hostOf, otherEnd } from "./hands.ts";
import { hostnamesOf } from "./flip-input.ts";
import { markMove } from "./mark.ts";
import { probed } from "./probe-of.ts";
import type { Came, Session, Work } from "./session.ts";
import { compareAfter } from "./steps/cutover.ts";
import { settleDns } from "./steps/dns.ts";
import { verdictOn } from "./steps/flip.ts";
import { bringStragglersHome } from "./steps/stragglers.ts";
import { endStreams } from "./steps/streams.ts";

export interface SettleOptions { watchSeconds: number }

/** Goes on after a cutover whose rest was not done. `home`: host that serves the customer. */
export function settleWork(context: Context, { slug, from, to, home }: { slug: string; from: string; to: string; home: string }, options: SettleOptions): Work {
  const came: Came = { serving: home };
  return {
    came,
    async run(session) {
      await Promise.all([session.hold(from), session.hold(to)]);
      await probed(context, slug, came, async () => {
        await markMove(session, { from, to }, home === to ? "moved" : "preparing");
        const hands = await gatherHands(context, slug);
        await endStreams(session, hands, home === to ? "source" : "target");
        // Before DNS leads anybody there: who died in the hold left the room shut.
        await bringStragglersHome(hands, home === to ? "target" : "source");
        await compareIfKept(session, hands, home === to ? "source" : "target", came);
        await settle(session, hands, home === to ? "target" : "source", options);
      });
      came.next = nextAfter(slug, home === to);
    },
    afterwards: () => afterwards(context, slug, came),
  };
}

/** Who died after the hold left its snapshots open for half an hour: everything is compared on them now, and then they go. */
async function compareIfKept(session: Session, hands: Hands, left: End, came: Came): Promise<void> {
  const runner = await session.connect(hostOf(hands, left).host.name);
  const verdict = await verdictOn(runner, session.slug);
  if (verdict?.verdict === "moved" && verdict.snapshots) await compareAfter(session, hands, left, verdict, came);
}

export const nextAfter = (slug: string, moved: boolean): string => moved
  ? `deploy move finish ${slug}, a day from now; until then \`deploy move back ${slug}\` returns`
  : `deploy move run ${slug} goes again; deploy move abort ${slug} removes what is on its own host`;

/** `home`: the end that serves. */
export async function settle(session: Session, hands: Hands, home: End, { watchSeconds }: SettleOptions): Promise<void> {
  const { log } = session;
  const [here, there] = [hostOf(hands, home).host.name, hostOf(hands, otherEnd(home)).host.name];
  await log.step("dns", here, (tell) => settleDns(session, { home: here, own: hostOf(hands, "target").host.name }, tell));
  await log.step("forward", there, async () => {
    await bringStragglersHome(hands, home);
    // Nobody waits there any more: the hold has led the customer's names past it.
    await mustRun(await hands.context.connect(there), "taking the waiting room away", leaveRoom(session.slug));
    return forwards(hands, otherEnd(home));
  });
  await log.step("reverse", there, async () => {
    const word = await proveWay(hands, home);
    // Of a full disk or a dead host, as long as it lasted; `status` would go on telling of it.
    for (const [end, direction] of [["target", "out"], ["source", "back"]] as const) await sql(await databaseOf(hands, end), "forgetting failures that are over", forgetFailures(hands.slug, direction));
    return word;
  });
  await log.step("watch", here, (tell) => watch(session, hands, home, watchSeconds, tell));
}

/** Asks the host that was left for the customer: the answer comes from the other one. */
async function forwards(hands: Hands, left: End): Promise<string> {
  const { context, slug } = hands;
  const { outputs, host, release } = hostOf(hands, left);
  const { customer } = context.fleet.customer(slug)!;
  const names = hostnamesOf(hands).map((hostname) => ({ hostname, tenant: slug, suspended: customer.status !== "active", certified: covers(outputs.hostnames, hostname) }));
  const faults = await askOutside(context, await context.connect(host.name), names, release.version, 1);
  if (faults.length > 0) throw new UserError(`${host.name} does not pass on ${slug}'s requests: ${faults.map(({ hostname, fault }) => `${hostname} ${fault}`).join("; ")}`, { hint: `whoever's DNS still leads there is not served; deploy move back ${slug} returns` });
  return `${names.length}/${names.length}`;
}

/** A marker from the serving side to the other one, through everything that was written before it. */
export async function proveWay(hands: Hands, home: End): Promise<string> {
  const { tick, check } = flipStatements(hands.slug, { sealMilliseconds: 1000, markerMilliseconds: 15_000 });
  const mark = String(Date.now());
  const [from, to] = await Promise.all([databaseOf(hands, home), databaseOf(hands, otherEnd(home))]);
  const began = performance.now();
  await ask(from, "sending a marker", tick.replaceAll(":mark", mark));
  const found = await ask<{ arrived: boolean; differing: number | null }>(to, "waiting for the marker", check.replaceAll(":mark", mark));
  if (!found.arrived) throw new UserError(`what is written on ${from.runner.host} does not arrive on ${to.runner.host}: ${replicationFault(await replicationState(from, to, hands.slug, home === "target" ? "back" : "out")) ?? "a marker did not come within 15 s"}`, { hint: `deploy logs ${to.runner.host} --service postgres` });
  return `${to.runner.host} is current, ${Math.round(performance.now() - began)} ms behind`;
}

const LOOK_SECONDS = 5;

async function watch(session: Session, hands: Hands, home: End, seconds: number, tell: (text: string) => void): Promise<string> {
  for (let left = seconds; left > 0; left -= LOOK_SECONDS) {
    session.goOn();
    tell(`${left} s left`);
    await sleep(Math.min(left, LOOK_SECONDS) * 1000, undefined, { signal: session.signal }).catch(() => {});
    await proveWay(hands, home);
  }
  return `${seconds} s`;
}
