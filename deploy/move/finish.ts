/** Ends a move for good: the host that was left keeps nothing of the customer. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { parseLatecomers, readLatecomers } from "../host/latecomers.ts";
import { afterwards } from "./afterwards.ts";
import { forgetOn, type Left, leftOn, removeIfGuarded, stopOn, unrouteOn } from "./clean.ts";
import type { Gathered } from "./facts.ts";
import type { HostNow } from "./host-now.ts";
import type { Came, Session, Work } from "./session.ts";
import { dump, dumpTimeout } from "../host/postgres.ts";
import { mustRun } from "../remote/runner.ts";
import { count } from "../report/units.ts";
import { setCustomer } from "./registry.ts";
import { customerOf } from "./target.ts";

export type Finishing = Gathered & { target: HostNow };

export const remainsOf = (slug: string, { verdict, description }: Gathered): { slug: string; data: Gathered["verdict"]["move"]; folders: string[] } => ({ slug, data: verdict.move, folders: description.folders });

/** What would be removed from the host that was left. */
export const wouldGo = (context: Context, slug: string, found: Finishing): Promise<Left> => leftOn(context, found.source, remainsOf(slug, found));

/** So many times the quiet that is wanted is waited for it. */
const QUIET_TIMES = 10;

/** Waits until nobody has come to the host that was left for so many seconds: from `forward` on nobody would answer there. */
async function untilQuiet({ context, slug, goOn, signal }: Session, { host }: HostNow, seconds: number, tell: (text: string) => void): Promise<string | undefined> {
  if (seconds === 0) return undefined;
  for (const end = Date.now() + QUIET_TIMES * seconds * 1000;;) {
    goOn();
    const { requests, from } = parseLatecomers(await mustRun(await context.connect(host.name), "reading who still comes", readLatecomers(slug, seconds), { timeout: 60_000 }));
    if (requests === 0) return `nobody came for ${seconds} s`;
    const what = `${count(requests, "request")} of ${slug} came to ${host.name} in the last ${seconds} s, the last one from ${from ?? "somebody"}`;
    if (Date.now() > end) throw new UserError(what, { hint: `clients keep connections from before the change of DNS: try again later, or --quiet 0 breaks them off` });
    tell(`${what}; waiting`);
    await sleep(2000, undefined, { signal }).catch(() => {});
  }
}

/** `quiet`: seconds, see untilQuiet. */
export function finishWork(context: Context, slug: string, found: Finishing, { quiet }: { quiet: number }): Work {
  const { source, target, systems } = found;
  const [from, to] = [source.host.name, target.host.name];
  const came: Came = { serving: to };
  return {
    came,
    async run(session) {
      const { log, hold } = session;
      await log.step("lock", from, async (tell) => {
        const word = await untilQuiet(session, source, quiet, tell);
        await hold(from);
        await hold(to);
        return word;
      });
      await log.step("preflight", from, async () => {
        const { dataPath, database } = source.outputs;
        const said = await mustRun(await context.connect(from), "taking a dump", dump(dataPath, context.now(), database, context.fleet.platform.app), { timeout: dumpTimeout });
        return said.trim().split(" ").at(-1);
      });
      await log.step("replicate", from, async () => {
        await stopOn(context, source, slug, systems.target);
        await stopOn(context, target, slug, systems.source);
        return "nothing flows any more";
      });
      await log.step("forward", from, () => unrouteOn(context, source, slug).then(() => undefined));
      // The guard goes after the rows: a run that died later finds neither.
      await log.step("finish", from, () => removeIfGuarded(context, source, remainsOf(slug, found), "removed before"));
      await log.step("undo", from, async () => {
        await unrouteOn(context, target, slug);
        await forgetOn(context, source, slug);
        await forgetOn(context, target, slug);
        // Last of all: until then the file says between which two hosts the move is.
        if (customerOf(context.fleet, slug).host === undefined) return undefined;
        const diff = await setCustomer(context.root, slug, { host: null }, new AbortController().signal);
        context.report.text(diff);
        context.reread();
        return `${from} is not named in customers.yaml any more`;
      });
    },
    afterwards: () => afterwards(context, slug, came),
  };
}
