/** Ends a move for good: the host that was left keeps nothing of the customer. */
import type { Context } from "../context.ts";
import { afterwards } from "./afterwards.ts";
import { forgetOn, type Left, leftOn, removeIfGuarded, stopOn, unrouteOn } from "./clean.ts";
import type { Gathered } from "./facts.ts";
import type { HostNow } from "./host-now.ts";
import type { Came, Work } from "./session.ts";
import { dump, dumpTimeout } from "../host/postgres.ts";
import { mustRun } from "../remote/runner.ts";
import { setCustomer } from "./registry.ts";
import { customerOf } from "./target.ts";

export type Finishing = Gathered & { target: HostNow };

export const remainsOf = (slug: string, { verdict, description }: Gathered): { slug: string; data: Gathered["verdict"]["move"]; folders: string[] } => ({ slug, data: verdict.move, folders: description.folders });

/** What would be removed from the host that was left. */
export const wouldGo = (context: Context, slug: string, found: Finishing): Promise<Left> => leftOn(context, found.source, remainsOf(slug, found));

export function finishWork(context: Context, slug: string, found: Finishing): Work {
  const { source, target, systems } = found;
  const [from, to] = [source.host.name, target.host.name];
  const came: Came = { serving: to };
  return {
    came,
    async run({ log, hold }) {
      await log.step("lock", from, async () => { await hold(from); await hold(to); return undefined; });
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
