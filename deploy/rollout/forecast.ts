/** What each host will pull and how long it will take: asked of the registry and of the journal. */
import { architectureOf } from "../../model/catalog.ts";
import type { Context } from "../context.ts";
import { pullBytes } from "../release/facts.ts";
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
  const expect = expectedFrom(await journal.stepTimes(Math.min(MOST_STEPS, STEPS_REMEMBERED * fleet.hosts.length)));

  /** Against the image that serves there: most layers are the same. */
  async function bytes(name: string, look: Look): Promise<number | null> {
    if (look.seen.images.includes(release.digest)) return 0;
    const architecture = architectureOf(fleet.host(name)?.serverType ?? "");
    const serving = currentOf(look);
    const [wanted, there] = await Promise.all([facts(release, architecture), serving ? facts(serving, architecture) : null]);
    return pullBytes(there, wanted);
  }

  /** Without the canary: how long it is watched, the plan says. Without setting up backups, which few rollouts do. */
  function seconds(name: string, action: Action): number | null {
    const steps = new Set(["lock", "preflight", ...stepsFor[action].map((step) => step.name), "unlock"]).difference(new Set(["canary", "backups"]));
    return expect(name, [...steps]);
  }

  const of: Forecast["of"] = new Map();
  await Promise.all([...looks].map(async ([name, look]) => {
    const finding = findingOf(look);
    if (!("action" in finding) || finding.action === "none") return;
    of.set(name, { pullBytes: await bytes(name, look), expectedSeconds: seconds(name, finding.action) });
  }));
  return { of, asked: registry.asked };
}
