import { messageOf } from "../../errors.ts";
import { removeApps, startAgain } from "../../host/docker.ts";
import { removeRoute } from "../../host/proxy.ts";
import { mustRun, type Runner } from "../../remote/runner.ts";
import type { Job } from "../job.ts";
import { askInside } from "./gate-inside.ts";
import { passOutside } from "./gate-outside.ts";
import { pointAt } from "./switch.ts";
import { writeRecord } from "./record.ts";

/**
 * Puts the host back to what served before, and makes sure that it serves. Resolves with a sentence for people; throws
 * when that could not be done.
 */
export async function undo(job: Job, reason: string): Promise<string> {
  if (!job.verdict) return "nothing was changed";
  const runner = job.runner.alive ? job.runner : job.runner = await job.reconnect();
  const { previous, started, wanted: { release } } = job;
  const back = previous ? await serveAgain(job, runner) : await takeDown(job, runner);
  if (started) await mustRun(runner, "removing the new container", removeApps([started]));
  // The host is back by then; a log that can't be written must not make that sound worse than it is.
  if (started) await writeRecord(job, runner, "failed", reason).catch((error: unknown) => job.note(messageOf(error)));
  return `${back}${started ? `; ${release.version} removed` : ""}`;
}

async function serveAgain(job: Job, runner: Runner): Promise<string> {
  const { release, name } = job.previous!;
  if (!job.started) return `${release} was not touched`;
  if (job.switched) {
    // It may be stopped already, when the fault came late.
    await mustRun(runner, `starting ${name} again`, startAgain(name));
    await askInside(job, runner, name, release);
    await pointAt(job, runner, name);
    job.switched = false;
    await passOutside(job, runner, release);
    return `switched back to ${release}, which serves again`;
  }
  try {
    await passOutside(job, runner, release);
    return `${release} kept serving`;
  } catch (error) {
    return `${release} was left in place, but does not serve well either: ${messageOf(error)}`;
  }
}

/** A first install leaves no app behind. */
async function takeDown(job: Job, runner: Runner): Promise<string> {
  if (job.switched) await runner.run(removeRoute());
  job.switched = false;
  return "no release ran here before, and none runs now";
}
