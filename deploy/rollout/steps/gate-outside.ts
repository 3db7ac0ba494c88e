import { HostUnreachable, UserError } from "../../errors.ts";
import { containerLogs } from "../../host/docker.ts";
import { type Expectation, faultOf, formatProbe, parseProbe, probe, probeInput } from "../../host/gate.ts";
import { indent, lastLines, mustRun, type Runner } from "../../remote/runner.ts";
import { count } from "../../report/units.ts";
import type { HostStep, Job, Part } from "../job.ts";
import { passPublicly } from "../public-gate.ts";

export interface NameFault { hostname: string; fault: string }

function question({ fleet: { platform: { rollout, app } } }: Pick<Job, "fleet">, names: readonly Expectation[], version: string, rounds: number): Part & { input: string } {
  return {
    purpose: "asking customers' names", command: probe(rounds), input: probeInput(names, app.health.version, rollout.gate.timeoutSeconds),
    timeout: 30_000 + names.length * rounds * rollout.gate.timeoutSeconds * 1000, assume: formatProbe(names, version, rounds),
  };
}

/** Every fault of the first bad round. */
function faultsIn(stdout: string, names: readonly Expectation[], version: string): NameFault[] {
  const answers = parseProbe(stdout);
  for (const round of answers.length > 0 ? answers : [[]]) {
    const faults = names.flatMap((name) => {
      const fault = faultOf(round.find(({ hostname }) => hostname === name.hostname), name, version);
      return fault ? [{ hostname: name.hostname, fault }] : [];
    });
    if (faults.length > 0) return faults;
  }
  return [];
}

/** One look: `rounds` rounds over all names. */
export async function askOutside(job: Pick<Job, "fleet">, runner: Runner, names: readonly Expectation[], version: string, rounds: number): Promise<NameFault[]> {
  const { purpose, command, input, timeout, assume } = question(job, names, version, rounds);
  return faultsIn(await mustRun(runner, purpose, command, { stdin: input, timeout, assume }), names, version);
}

/** By then customers see the new release: a fault that lasts is not watched for as long as a start may take. */
const MOST_ATTEMPTS = 5;

export interface PassOptions {
  /** What the first look found. */
  asked?: NameFault[];
  /** Which names; all of the host's when absent. */
  names?: readonly Expectation[];
}

/** Asks until the names were right `successes` times in a row. Throws with what was wrong last. */
export async function passOutside(job: Job, runner: Runner, version: string, { asked, names = job.wanted.names }: PassOptions = {}): Promise<void> {
  const { intervalSeconds, successes, ...gate } = job.fleet.platform.rollout.gate;
  const attempts = Math.min(gate.attempts, MOST_ATTEMPTS);
  let faults = asked ?? await askOutside(job, runner, names, version, successes);
  for (let attempt = 1; faults.length > 0 && attempt < attempts; attempt += 1) {
    await job.pause(intervalSeconds);
    faults = await askOutside(job, runner, names, version, successes);
  }
  if (faults.length === 0) return;
  const shown = faults.slice(0, 5).map(({ hostname, fault }) => `${hostname} ${fault}`);
  throw new UserError(`${job.host.name}: ${count(faults.length, "name")} of ${names.length} wrong after ${attempts} attempts: ${shown.join("\n")}${faults.length > 5 ? `\nand ${faults.length - 5} more` : ""}`);
}

const LOG_LINES = 10;

/** The container is gone when somebody reads about it, so its last words go with the fault. */
async function withLog({ runner, started, host }: Job, error: unknown): Promise<unknown> {
  if (!(error instanceof UserError) || error instanceof HostUnreachable || !started) return error;
  const { stdout, stderr } = await runner.run(containerLogs(started, { lines: LOG_LINES, follow: false }), { assume: "" });
  const log = lastLines(`${stdout}${stderr}`.trim(), LOG_LINES);
  return log ? new UserError(`${error.message}\nits last log lines on ${host.name}:\n${indent(log)}`, error.hint ? { hint: error.hint } : {}) : error;
}

export const gateOutside: HostStep = {
  name: "gate-outside",
  decides: true,
  answers: true,
  part: (job) => question(job, job.wanted.names, job.wanted.release.version, job.fleet.platform.rollout.gate.successes),
  async done(job, stdout) {
    const { names, release: { version } } = job.wanted;
    await passOutside(job, job.runner, version, { asked: faultsIn(stdout ?? "", names, version) }).catch(async (error: unknown) => { throw await withLog(job, error); });
    for (const { hostname } of names.filter(({ certified }) => !certified)) job.note(`${hostname} is not in the host's certificate: Cloudflare will refuse it (526)`);
    await passPublicly(job);
    return `${names.length}/${names.length}`;
  },
};
