/**
 * Requests that come to the host which is gone to, by a name server that is behind: until now it passes them on to the host
 * that is left. In the hold they wait there, too, and then they are at home. A host that never passed anything on has none.
 */
import { listRoutes, parseRoutes, deployMove, moveService, type Route } from "../../host/proxy.ts";
import { enterRoom, leadRoom, leaveRoom, ROOM_TARGET, startRoom } from "../../host/room.ts";
import { mustRun, type Runner } from "../../remote/runner.ts";
import { appTarget, hostnamesOf } from "../flip-input.ts";
import { type End, type Hands, hostOf } from "../hands.ts";

export interface Stragglers {
  /** `home`: to the app of this host; else they are passed on as before. */
  release(home: boolean): Promise<void>;
}

/** `end`: the one that is gone to. They wait until they are released, or for as long as the room's patience. */
export async function holdStragglers(hands: Hands, end: End): Promise<Stragglers> {
  const { slug, context: { fleet: { platform } } } = hands;
  const name = hostOf(hands, end).host.name;
  const runner = (): Promise<Runner> => hands.context.connect(name);
  const before = parseRoutes(await mustRun(await runner(), "reading routes", listRoutes()), moveService(slug));
  const app = appTarget(hands, end);
  if (!before || before.target === app) return { release: async () => {} };
  const to = (target: string): Route => ({
    target, hosts: hostnamesOf(hands), healthPath: platform.app.health.ready, drainSeconds: platform.rollout.drainSeconds, forwardHeaders: platform.proxied, streams: platform.app.streams,
  });
  const passedOn = before.target === ROOM_TARGET ? hands.link[end].app : before.target;
  await mustRun(await runner(), "starting the waiting room", startRoom());
  // Who died in a hold left them waiting there: to be led in once more would cut those off that wait.
  if (before.target !== ROOM_TARGET) {
    await mustRun(await runner(), "preparing the waiting room", enterRoom(slug, to(passedOn)));
    await mustRun(await runner(), "leading late requests into the waiting room", deployMove(slug, { ...to(ROOM_TARGET), healthHost: hostnamesOf(hands)[0]! }));
  }
  return {
    async release(home) {
      const route = to(home ? app : passedOn);
      await mustRun(await runner(), "letting late requests go", leadRoom(slug, route));
      await mustRun(await runner(), "leading late requests past the waiting room", deployMove(slug, route));
      await mustRun(await runner(), "taking the waiting room away", leaveRoom(slug));
    },
  };
}
