import { all } from "../../host/command.ts";
import { pruneImages, removeApps } from "../../host/docker.ts";
import { type HostStep, type Job, observed } from "../job.ts";

/** Removes the old containers (their logs stay) and images beyond those kept for rollback. */
export const prune: HostStep = {
  name: "prune",
  afterwards: true,
  part(job) {
    const images = pruneImages(job.wanted.release.repository, keptVersions(job));
    const old = [job.previous, job.previousWorker].flatMap((container) => container ? [container.name] : []);
    return { purpose: "tidying up", command: old.length > 0 ? all(removeApps(old), images) : images, timeout: 120_000 };
  },
};

/** The release that serves, the one before, and those before them as far as they are kept. */
function keptVersions(job: Job): string[] {
  const { seen } = observed(job);
  const { release } = job.wanted;
  const kept = new Set([release.version, job.previous?.release ?? release.version]);
  for (const { version, outcome } of seen.releases.toReversed()) {
    if (kept.size > job.fleet.platform.rollout.keepReleases) break;
    if (outcome === "serving") kept.add(version);
  }
  return [...kept];
}
