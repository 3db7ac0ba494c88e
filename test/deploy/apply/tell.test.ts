/** A host that is told of its customers at once: whoever can't be told is not passed over in silence. */
import { expect, it } from "vitest";
import { tellHost } from "../../../deploy/apply/run.ts";
import { openStage } from "../support/context.ts";
import { smallFleet } from "../support/fleet.ts";
import type { Look } from "../support/observation.ts";

const dead: Partial<Look> = { tenants: "others", apps: [{ name: "app-v1-old", release: "v1", digest: "sha256:0", status: "exited" }] };

it.each<[what: string, look: Partial<Look>, mustHear: boolean, outcome: true | RegExp]>([
  ["it knows", {}, true, true],
  ["no release", { apps: [], route: "" }, true, /^shared was not told: no release runs there$/],
  ["no release, and nobody minds", { apps: [], route: "" }, false, true],
  ["a dead container", dead, true, /^shared needs more than to be told: /],
  ["a dead container, and nobody minds", dead, false, true],
])("%s", async (_what, look, mustHear, outcome) => {
  const stage = await openStage(smallFleet(), { v1: { migrations: [], layers: { a: 1 } } }, { shared: { runs: "v1", look } });
  try {
    const told = tellHost(stage.context, "shared", 0, { mustHear });
    if (outcome === true) expect(await told).toBe(true);
    else await expect(told).rejects.toThrow(outcome);
  } finally {
    stage.close();
  }
});
