/** What each host will pull and how long it will take: asked of the registry and of the journal. */
import { serverType } from "../../model/catalog.ts";
import type { Context } from "../context.ts";
import { pullBytes } from "../release/facts.ts";
import { canaryOf } from "./canary.ts";
import type { Action } from "./judge.ts";
import { currentOf, findingOf, type Look } from "./look.ts";
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

export async function forecast({ fleet, journal, registry, facts }: Context, release: Release, looks: ReadonlyMap<string, Look>): Promise<Forecast> {
  const { canary } = fleet.platform.rollout;
  const expect = expectedFrom(await journal.stepTimes(Math.min(MOST_STEPS, STEPS_REMEMBERED * fleet.hosts.length)));

  /** Against the image that serves there: most layers are the same. */
  async function bytes(name: string, look: Look): Promise<number | null> {
    if (look.seen.images.includes(release.digest)) return 0;
    const architecture = serverType(fleet.host(name)?.serverType ?? "")?.architecture === "arm" ? "arm64" : "amd64";
    const serving = currentOf(look);
    const [wanted, there] = await Promise.all([facts(release, architecture), serving ? facts(serving, architecture) : null]);
    return pullBytes(there, wanted);
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
    of.set(name, { pullBytes: await bytes(name, look), expectedSeconds: seconds(name, finding.action) });
  }));
  return { of, asked: registry.asked };
}
