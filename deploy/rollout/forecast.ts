/** What each host will pull and how long it will take: asked of the registry and of the journal. */
import { serverType } from "../../model/catalog.ts";
import type { Context } from "../context.ts";
import { bytesToPull, type Layers, layersOf } from "../registry/layers.ts";
import { canaryOf } from "./canary.ts";
import type { Action } from "./judge.ts";
import { findingOf, type Look } from "./look.ts";
import type { PlannedHost } from "./plan.ts";
import { expectedFrom } from "./prediction.ts";
import type { Release } from "./release.ts";
import { stepsFor } from "./update.ts";

/** Of each host, in the journal: some five updates. */
const STEPS_REMEMBERED = 100;
const MOST_STEPS = 50_000;

export interface Forecast {
  of: Map<string, Pick<PlannedHost, "pullBytes" | "expectedSeconds">>;
  /** Questions put to the registry. */
  asked: number;
}

export async function forecast({ fleet, journal, repository }: Context, release: Release, looks: ReadonlyMap<string, Look>): Promise<Forecast> {
  const { canary } = fleet.platform.rollout;
  const expect = expectedFrom(await journal.stepTimes(Math.min(MOST_STEPS, STEPS_REMEMBERED * fleet.hosts.length)));
  let asked = 0;
  const known = new Map<string, Promise<Layers | undefined>>();
  const layers = (digest: string, architecture: string): Promise<Layers | undefined> => {
    const key = `${digest} ${architecture}`;
    const found = known.get(key) ?? layersOf(repository, digest, architecture, () => { asked += 1; });
    known.set(key, found);
    return found;
  };

  /** Against the image that serves there: most layers are the same. */
  async function pullBytes(name: string, { seen }: Look): Promise<number | null> {
    if (seen.images.includes(release.digest)) return 0;
    const architecture = serverType(fleet.host(name)?.serverType ?? "")?.architecture === "arm" ? "arm64" : "amd64";
    const serving = seen.apps.find((app) => app.name === seen.route?.container)?.digest;
    const [wanted, there] = await Promise.all([layers(release.digest, architecture), serving ? layers(serving, architecture) : undefined]);
    return wanted ? bytesToPull(wanted, there ? [there] : []) : null;
  }

  function seconds(name: string, action: Action): number | null {
    // Watching a canary takes as long as it is told to, whatever past runs were told.
    const steps = new Set(["lock", "preflight", ...stepsFor[action].map((step) => step.name), "unlock"]).difference(new Set(["canary"]));
    const expected = expect(name, [...steps]);
    const host = fleet.host(name);
    const watch = host && canary && action === "update" && canaryOf(host, canary).length > 0 ? canary.watchSeconds : 0;
    return expected === null ? null : expected + watch;
  }

  const of: Forecast["of"] = new Map();
  await Promise.all([...looks].map(async ([name, look]) => {
    const finding = findingOf(look);
    if (!("action" in finding) || finding.action === "none") return;
    of.set(name, { pullBytes: await pullBytes(name, look), expectedSeconds: seconds(name, finding.action) });
  }));
  return { of, asked: asked + 1 };
}
