/** Sends steps to a host in as few round trips as their decisions allow, and notes each as the host comes to it. */
import { HostUnreachable, Interrupted, messageOf, UserError } from "../errors.ts";
import type { Stage } from "../host/command.ts";
import { requestStop, STAGE_CODE, StageReader, type StageResult, stages, stagesInput } from "../host/stages.ts";
import { StepFailure } from "../journal/step.ts";
import { CommandFailed, type Result } from "../remote/runner.ts";
import type { StepName } from "../report/event.ts";
import type { HostStep, Job, OwnStep, Part, Step } from "./job.ts";
import type { BatchRows, StepLog } from "./step-log.ts";

/** Neighbours that can be sent together: a step that decides is the last of its batch, a conversation is alone. */
export function batches(steps: readonly Step[]): Step[][] {
  const found: Step[][] = [];
  let open = false;
  for (const step of steps) {
    if (!open || "run" in step) found.push([]);
    found.at(-1)!.push(step);
    open = !("run" in step) && !step.decides;
  }
  return found;
}

export class StepFailed extends StepFailure<StepName> {}

/** Runs one batch. Throws StepFailed. `stop`: asks the host to end before its next stage, unless requests are with the new release already. */
export async function runBatch(job: Job, batch: readonly Step[], log: StepLog, stop: AbortSignal): Promise<void> {
  const [first] = batch;
  if (first && "run" in first) return runOwn(job, first, log);
  await runOnHost(job, batch as readonly HostStep[], log, stop);
}

async function runOwn(job: Job, step: OwnStep, log: StepLog): Promise<void> {
  const row = await log.begin(step.name);
  try {
    await row.ended("ok", await step.run(job) ?? null);
  } catch (error) {
    await row.ended("failed", messageOf(error));
    throw failed(step.name, error);
  }
}

interface Planned { step: HostStep; part: Part | null; /** Its end is noted. */ over: boolean }

async function runOnHost(job: Job, steps: readonly HostStep[], log: StepLog, stop: AbortSignal): Promise<void> {
  const planned: Planned[] = steps.map((step) => ({ step, part: plan(job, step), over: false }));
  const rows = await log.expect(steps.map(({ name }) => name));
  const conclude = async (one: Planned, result?: StageResult): Promise<void> => {
    if (one.over) return;
    one.over = true;
    await rows.began(one.step.name);
    await settleStep(job, one, result, rows);
  };
  // Marks come quicker than notes are written: one after the other, in the order of the steps.
  let noted = Promise.resolve();
  const note = (task: () => Promise<void>): void => { noted = noted.then(task); noted.catch(() => {}); };
  const reader = new StageReader({
    started: (name) => {
      const at = planned.findIndex(({ step }) => step.name === name);
      planned[at]?.step.began?.(job);
      note(async () => {
        for (const one of planned.slice(0, at)) if (!one.part) await conclude(one);
        await rows.began(name as StepName);
      });
    },
    ended: (name, code) => {
      const one = planned.find(({ step }) => step.name === name);
      // What a failure printed may still be on its way.
      if (one && code === 0) note(() => conclude(one, reader.results.get(name)));
    },
    line: (name, line) => { if (!planned.find(({ step }) => step.name === name)?.step.answers) log.line(name as StepName, line); },
  });
  try {
    // The journal may have been away just then.
    if (stop.aborted && !job.switched && !steps.every(({ unguarded }) => unguarded)) throw new StepFailed(steps[0]!.name, new Interrupted(stop.reason));
    const lost = await send(job, planned, reader, stop);
    await noted;
    for (const one of planned) {
      const result = reader.results.get(one.step.name);
      if (!one.part || result) await conclude(one, result);
      else throw await missing(job, one, lost, rows);
    }
  } finally {
    await rows.close();
  }
}

async function settleStep(job: Job, { step, part }: Planned, result: StageResult | undefined, rows: BatchRows): Promise<void> {
  try {
    if (part && result && result.code !== 0) throw faultOf(job, step, part, result);
    await rows.ended(step.name, "ok", await step.done?.(job, result?.stdout) ?? null, result?.seconds);
  } catch (error) {
    await rows.ended(step.name, error instanceof Interrupted ? "skipped" : "failed", messageOf(error), result?.seconds);
    if (step.afterwards && !(error instanceof HostUnreachable)) job.note(`${step.name}: ${messageOf(error)}`);
    else throw failed(step.name, error);
  }
}

/** The answer ended before this step did. */
async function missing(job: Job, { step }: Planned, lost: UserError | undefined, rows: BatchRows): Promise<StepFailed> {
  const reason = lost ?? new HostUnreachable(`${job.host.name}: the answer ended before ${step.name} did`);
  await rows.ended(step.name, "failed", reason.message);
  return new StepFailed(step.name, reason);
}

function faultOf(job: Job, step: HostStep, part: Part, result: Result): UserError {
  if (result.code === STAGE_CODE.stopped) return new Interrupted(job.stop?.reason);
  if (result.code === STAGE_CODE.lost) return new UserError(`${job.host.name}: the lock was taken over by somebody else, who thought this operation dead`);
  if (result.code === STAGE_CODE.busy) return new UserError(`${job.host.name} is still busy with the steps of an earlier run`, { hint: "try again in a minute" });
  return step.fault?.(job, result) ?? new CommandFailed(job.host.name, part.purpose, part.command, result);
}

/** Resolves with what kept the answer from coming whole. */
async function send(job: Job, planned: readonly Planned[], reader: StageReader, stop: AbortSignal): Promise<UserError | undefined> {
  const run = planned.flatMap(({ step, part }) => part ? [{ step, part }] : []);
  if (run.length === 0) return undefined;
  const parts: Stage[] = run.map(({ step, part: { command, input, assume } }) => ({
    name: step.name, command, ...(input === undefined ? {} : { input }), ...(assume === undefined ? {} : { assume }), ...(step.afterwards ? { goOn: true } : {}),
  }));
  const { runner } = job;
  const guarded = job.locked && !planned.every(({ step }) => step.unguarded);
  // Once requests are with the new release, going through is the shorter way to a sound host.
  const ask = (): void => { if (guarded && !job.switched) runner.run(requestStop(job.operation)).catch(() => {}); };
  stop.addEventListener("abort", ask);
  try {
    const { stdout, stderr } = await runner.run(stages(guarded ? job.operation : null, parts), {
      timeout: run.reduce((sum, { part }) => sum + part.timeout, 0), stdin: stagesInput(parts), onOutput: (chunk, stream) => reader.feed(chunk, stream),
    });
    // A runner that does not stream has told nothing yet.
    reader.feed(stdout.slice(reader.read("stdout")), "stdout");
    reader.feed(stderr.slice(reader.read("stderr")), "stderr");
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  } finally {
    stop.removeEventListener("abort", ask);
  }
}

function plan(job: Job, step: HostStep): Part | null {
  try {
    return step.part(job);
  } catch (error) {
    throw failed(step.name, error);
  }
}

function failed(step: StepName, error: unknown): unknown {
  return error instanceof UserError ? new StepFailed(step, error) : error;
}
