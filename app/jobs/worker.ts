/** Takes one job after the other until it is told to stop; then finishes the one in hand. */
import type { FastifyBaseLogger } from "fastify";
import { setTimeout as sleep } from "node:timers/promises";
import type { Doors } from "../database/doors.ts";
import { reasonOf } from "../errors.ts";
import { sweepUsage } from "../usage/sweep.ts";
import { beat, leave, type State } from "./heartbeat.ts";
import { kinds } from "./kinds.ts";
import { beatJob, endJob, failJob, returnJob, takeJob, type TakenJob } from "./queue.ts";

export interface WorkerOptions { doors: Doors; log: FastifyBaseLogger; name: string; release: string; /** Time for the job in hand, in seconds. */ grace: number }

/**
 * How often a worker looks for a job, shows that it lives, and looks at sizes; for how long it leaves a tenant alone whose rows
 * cannot be changed, which is as long as that tenant's jobs may wait after it has come here from another host; in milliseconds.
 */
const pause = 500;
const rhythm = 5000;
const sweeping = 60_000;
const patience = 10_000;

/** Works until `stop` is aborted. Resolves with false when the job in hand had to be given back unfinished. */
export async function work({ doors, log, name, release, grace }: WorkerOptions, stop: AbortSignal): Promise<boolean> {
  const { platform } = doors;
  const aside = new Map<number, number>();
  let state: State = "idle";
  // One after the other: a sign of life that comes after the farewell would make a ghost.
  let shown: Promise<void> = Promise.resolve();
  const show = (now: State = state): Promise<void> => {
    state = now;
    return shown = shown.then(() => beat(platform, { name, release, state: now })).then(() => {}, (error) => log.warn(`heartbeat: ${reasonOf(error)}`));
  };
  const timer = setInterval(() => void show(), rhythm);
  let swept = 0;
  let finished = true;
  await show();
  stop.addEventListener("abort", () => void show("stopping"), { once: true });
  try {
    while (!stop.aborted) {
      const job = await next();
      if (!job) {
        if (Date.now() - swept > sweeping) await sweep();
        await sleep(pause, undefined, { signal: stop }).catch(() => {});
        continue;
      }
      if (!stop.aborted) await show("busy");
      finished = await perform(job);
      if (!stop.aborted) await show("idle");
    }
  } finally {
    clearInterval(timer);
    await shown;
    await leave(platform, name).catch(() => {});
  }
  return finished;

  async function sweep(): Promise<void> {
    swept = Date.now();
    await sweepUsage(doors).catch((error) => log.warn(`usage is not looked at: ${reasonOf(error)}`));
  }

  async function next(): Promise<TakenJob | undefined> {
    for (const [tenant, until] of aside) if (until < Date.now()) aside.delete(tenant);
    // While the database is away there is nothing to do; it is asked again a moment later.
    const taken = await takeJob(platform, name, Object.keys(kinds), [...aside.keys()]).catch((error) => {
      log.warn(`cannot take a job: ${reasonOf(error)}`);
      return { outcome: "none" } as const;
    });
    if (taken.outcome === "job") return taken.job;
    if (taken.outcome === "none") return undefined;
    log.info({ tenant: taken.slug }, `left alone for ten seconds, since its rows cannot be changed: ${reasonOf(taken.reason)}`);
    aside.set(taken.organisationId, Date.now() + patience);
    return undefined;
  }

  /** False when it was given back because the grace was over. */
  async function perform(job: TakenJob): Promise<boolean> {
    const started = performance.now();
    const giveUp = new AbortController();
    let late = false;
    const hurry = () => setTimeout(() => giveUp.abort((late = true)), grace * 1000).unref();
    if (stop.aborted) hurry();
    else stop.addEventListener("abort", hurry, { once: true });
    const beats = setInterval(() => void beatJob(platform, job, name).then((ours) => ours || giveUp.abort(), () => {}), rhythm);
    try {
      const result = await kinds[job.kind]!.run(job.input, { rows: doors.tenant(job.organisationId), signal: giveUp.signal });
      const ended = await endJob(platform, job, name, result);
      log.info({ tenant: job.slug, job: job.id, kind: job.kind, milliseconds: Math.round(performance.now() - started) }, ended ? "job done" : "job was taken by another worker");
    } catch (error) {
      if (late) {
        await returnJob(platform, job, name);
        log.warn({ tenant: job.slug, job: job.id, kind: job.kind }, "job given back: it was still running when DRAIN_SECONDS were over");
        return false;
      }
      log.error({ tenant: job.slug, job: job.id, kind: job.kind, attempt: job.attempts + 1 }, `job failed: ${reasonOf(error)}`);
      await failJob(platform, job, name, reasonOf(error)).catch((fault) => log.warn(`cannot record it: ${reasonOf(fault)}`));
    } finally {
      clearInterval(beats);
      stop.removeEventListener("abort", hurry);
    }
    return true;
  }
}
