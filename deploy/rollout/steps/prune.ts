import { all } from "../../host/command.ts";
import { pruneImages, removeApps } from "../../host/docker.ts";
import { mustRun } from "../../remote/runner.ts";
import { type Step, observed } from "../job.ts";

/** Removes the old container (its log stays) and images beyond those kept for rollback. */
export const prune: Step = {
  name: "prune",
  async run(job) {
    const { seen } = observed(job);
    const { release } = job.wanted;
    const kept = new Set([release.version, job.previous?.release ?? release.version]);
    for (const { version, outcome } of seen.releases.toReversed()) {
      if (kept.size > job.fleet.platform.rollout.keepReleases) break;
      if (outcome === "serving") kept.add(version);
    }
    const images = pruneImages(release.repository, [...kept]);
    await mustRun(job.runner, "tidying up", job.previous ? all(removeApps([job.previous.name]), images) : images);
    return undefined;
  },
};
