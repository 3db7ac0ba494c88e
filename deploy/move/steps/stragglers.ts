/**
 * Requests that come to the host which is gone to, by a name server that is behind: until now it passes them on to the host
 * that is left. In the hold they wait there, too, and then they are at home. A host that never passed anything on has none.
 */
import { armLate, disarmLate, letGo } from "../../host/late.ts";
import { deployMove, listRoutes, moveService, parseRoutes, type Route } from "../../host/proxy.ts";
import { enterRoom, ROOM_TARGET, startRoom } from "../../host/room.ts";
import { mustRun, type Runner } from "../../remote/runner.ts";
import { render } from "../../remote/shell.ts";
import { appTarget, hostnamesOf } from "../flip-input.ts";
import { type End, type Hands, hostOf, otherEnd } from "../hands.ts";

export interface Stragglers {
  /** `home`: to the app of this host; else they are passed on as before. */
  release(home: boolean): Promise<void>;
}

const runnerAt = (hands: Hands, end: End): Promise<Runner> => hands.context.connect(hostOf(hands, end).host.name);

/** With the customer's streams, which don't wait; nobody must wait for them either. */
function routeTo(hands: Hands, target: string): Route & { streams: readonly string[] } {
  const { platform } = hands.context.fleet;
  return { target, hosts: hostnamesOf(hands), healthPath: platform.app.health.ready, drainSeconds: platform.rollout.drainSeconds, forwardHeaders: platform.proxied, streams: platform.app.streams };
}

/**
 * `end`: the one that is gone to. They wait until they are released; when nobody comes back for them, until the watchdog
 * there knows what came of the hold. `attempt`: that hold's.
 */
export async function holdStragglers(hands: Hands, end: End, attempt: string): Promise<Stragglers> {
  const { slug } = hands;
  const runner = await runnerAt(hands, end);
  const before = parseRoutes(await mustRun(runner, "reading routes", listRoutes()), moveService(slug));
  const app = appTarget(hands, end);
  if (!before || before.target === app) return { release: async () => {} };
  const passedOn = before.target === ROOM_TARGET ? hands.link[end].app : before.target;
  const [home, past] = [routeTo(hands, app), routeTo(hands, passedOn)];
  const { outputs } = hostOf(hands, otherEnd(end));
  await mustRun(runner, "starting the waiting room", startRoom());
  await mustRun(runner, "setting a watchdog on late requests", armLate({
    slug, attempt, moved: render(letGo(slug, home)), returned: render(letGo(slug, past)), peer: { host: outputs.host, user: outputs.user, address: outputs.privateAddress },
  }));
  // Who died in a hold left them waiting there: to be led in once more would cut those off that wait.
  if (before.target !== ROOM_TARGET) {
    await mustRun(runner, "preparing the waiting room", enterRoom(slug, past));
    await mustRun(runner, "leading late requests into the waiting room", deployMove(slug, { ...past, target: ROOM_TARGET, healthHost: hostnamesOf(hands)[0]!, streams: [] }));
  }
  return { release: (there) => release(hands, end, there ? home : past) };
}

/** After a cutover: they are at home at `end`, whoever left them waiting, or passing through, there. */
export async function bringStragglersHome(hands: Hands, end: End): Promise<void> {
  const before = parseRoutes(await mustRun(await runnerAt(hands, end), "reading routes", listRoutes()), moveService(hands.slug));
  const app = appTarget(hands, end);
  if (before && before.target !== app) await release(hands, end, routeTo(hands, app));
}

async function release(hands: Hands, end: End, route: Route): Promise<void> {
  const runner = await runnerAt(hands, end);
  await mustRun(runner, "taking the watchdog of late requests away", disarmLate(hands.slug), { timeout: 120_000 });
  await mustRun(runner, "letting late requests go", letGo(hands.slug, route), { timeout: 120_000 });
}
