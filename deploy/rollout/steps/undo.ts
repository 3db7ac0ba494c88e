import { messageOf } from "../../errors.ts";
import { all, type Command } from "../../host/command.ts";
import { removeApps, startAgain } from "../../host/docker.ts";
import { observe, parseObservation } from "../../host/observe.ts";
import { removeRoute } from "../../host/proxy.ts";
import { settle } from "../../host/stages.ts";
import { mustRun, type Runner } from "../../remote/runner.ts";
import type { Job } from "../job.ts";
import { workerName } from "../worker.ts";
import { endCanary } from "./canary.ts";
import { askInside } from "./gate-inside.ts";
import { passOutside } from "./gate-outside.ts";
import { recordOf } from "./record.ts";
import { pointAt, pointTimeout } from "./switch.ts";

export interface UndoOptions {
  /** For the host's own log. */
  reason: string;
  /** The host stopped answering, or took too long: what it did meanwhile is not known. */
  unsure: boolean;
}

/** Seconds that a stage in hand may still take before it is ended. */
const PATIENCE = 20;

/**
 * Puts the host back to what served before, and makes sure that it serves. Resolves with a sentence for people; throws
 * when that could not be done.
 */
export async function undo(job: Job, { reason, unsure }: UndoOptions): Promise<string> {
  if (!job.verdict) return "nothing was changed";
  const runner = job.runner.alive ? job.runner : job.runner = await job.reconnect();
  if (unsure) await findOut(job, runner);
  if (job.canaryUp) await endCanary(job, runner);
  const { previous, started, wanted: { release } } = job;
  const back = previous ? await serveAgain(job, runner) : await takeDown(job, runner);
  if (started) await mustRun(runner, "removing the new container", removeApps(containersOf(job, started)));
  // The host is back by then; a log that can't be written must not make that sound worse than it is.
  if (started) await mustRun(runner, "writing the release log", recordOf(job, "failed", reason)).catch((error: unknown) => job.note(messageOf(error)));
  return `${back}${started ? `; ${release.version} removed` : ""}`;
}

const containersOf = ({ fleet }: Job, app: string): string[] => fleet.platform.app.worker ? [app, workerName(app)] : [app];

/** The host may have gone on after we lost it: lets it come to rest, then looks. */
async function findOut(job: Job, runner: Runner): Promise<void> {
  await mustRun(runner, "letting the host come to rest", settle(job.operation, PATIENCE), { timeout: (PATIENCE + 60) * 1000 });
  const { services, dataPath } = job.outputs;
  const text = await mustRun(runner, "looking at the host", observe({ services, dataPath, files: [] }), { assume: job.looked });
  const seen = parseObservation(text, services);
  job.started = seen.apps.some(({ name }) => name === job.fresh) ? job.fresh : undefined;
  job.canaryUp = seen.canary !== undefined;
  job.switched = job.started !== undefined && seen.route?.container === job.fresh;
  if (job.previous) job.previous = seen.apps.find(({ name }) => name === job.previous!.name) ?? job.previous;
}

async function serveAgain(job: Job, runner: Runner): Promise<string> {
  const { release, name } = job.previous!;
  if (!job.started) return `${release} was not touched`;
  if (job.switched) {
    // It may be stopped already, when the fault came late.
    const again: Command[] = [startAgain(name), ...(job.previousWorker ? [startAgain(job.previousWorker.name)] : [])];
    await mustRun(runner, `starting ${name} again`, all(...again));
    await askInside(job, runner, name, release);
    await mustRun(runner, `switching to ${name}`, pointAt(job, name), { timeout: pointTimeout(job) });
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
