/** A customer's things, and strangers who try every path of the app for them: the same on any host, before and after a move. */
import { routesOf } from "../../app/support/routes.ts";
import { type Belongings, furnish, ownView, signIn, tryStrangers, tryStreams, type World } from "../../app/support/strangers.ts";
import type { Clone } from "../../support/clone.ts";
import { type Ask, inside } from "./hosts.ts";

export interface Watched {
  /** What the customer reads of itself there; the same wherever it is. */
  viewAt(ask: Ask): Promise<string>;
  /** What was wrong with the answers that strangers got there. `neighbours`: whether the other customer is at home there. */
  faultsAt(ask: Ask, neighbours: boolean): Promise<{ tried: number; faults: string[] }>;
}

/** Gives `ours` something of each kind, on the shared host. */
export async function watch(clone: Clone, domain: string, [ours, theirs]: readonly [string, string], ask: Ask): Promise<Watched> {
  const tokens = JSON.parse(await inside(clone, "shared", `docker exec "$(docker ps --quiet --filter label=etage.role=app | head -n 1)" node main.ts token ${ours} ${theirs} --name strangers`)) as Record<string, string>;
  const side = (slug: string) => ({ host: `${slug}.${domain}`, token: tokens[slug]! });
  const worldAt = (by: Ask, neighbours: boolean): World => ({ ask: by, ours: side(ours), theirs: side(theirs), neighbours });
  const routes = await routesOf();
  const given: Belongings = await furnish(worldAt(ask, true));
  return {
    viewAt: (by) => ownView(worldAt(by, true), given),
    async faultsAt(by, neighbours) {
      const world = worldAt(by, neighbours);
      const belongings = { ...given, session: await signIn(world) };
      const { tried, faults } = await tryStrangers(world, belongings, routes);
      return { tried, faults: [...faults, ...await tryStreams(world, belongings)] };
    },
  };
}
