import { UserError } from "../../errors.ts";
import { type Expectation, faultOf, formatProbe, parseProbe, probe, probeInput } from "../../host/gate.ts";
import { mustRun, type Runner } from "../../remote/runner.ts";
import { count } from "../../report/units.ts";
import type { Job, Step } from "../job.ts";

export interface NameFault { hostname: string; fault: string }

/** One look: `rounds` rounds over all names; every fault of the first bad round. */
export async function askOutside(job: Pick<Job, "fleet">, runner: Runner, names: readonly Expectation[], version: string, rounds: number): Promise<NameFault[]> {
  const { rollout, app } = job.fleet.platform;
  const timeout = 30_000 + names.length * rounds * rollout.gate.timeoutSeconds * 1000;
  const stdout = await mustRun(runner, "asking customers' names", probe(rounds), {
    stdin: probeInput(names, app.health.version, rollout.gate.timeoutSeconds), timeout, assume: formatProbe(names, version, rounds),
  });
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

/** By then customers see the new release: a fault that lasts is not watched for as long as a start may take. */
const MOST_ATTEMPTS = 5;

/** Asks until all names were right `successes` times in a row. Throws with what was wrong last. */
export async function passOutside(job: Job, runner: Runner, version: string): Promise<void> {
  const { intervalSeconds, successes, ...gate } = job.fleet.platform.rollout.gate;
  const attempts = Math.min(gate.attempts, MOST_ATTEMPTS);
  const { names } = job.wanted;
  let faults: NameFault[] = [];
  for (let asked = 0; asked < attempts; asked += 1) {
    if (asked > 0) await job.pause(intervalSeconds);
    faults = await askOutside(job, runner, names, version, successes);
    if (faults.length === 0) return;
  }
  const shown = faults.slice(0, 5).map(({ hostname, fault }) => `${hostname} ${fault}`);
  throw new UserError(`${job.host.name}: ${count(faults.length, "name")} of ${names.length} wrong after ${attempts} attempts: ${shown.join("\n")}${faults.length > 5 ? `\nand ${faults.length - 5} more` : ""}`);
}

export const gateOutside: Step = {
  name: "gate-outside",
  async run(job) {
    await passOutside(job, job.runner, job.wanted.release.version);
    const bare = job.wanted.names.filter(({ certified }) => !certified);
    for (const { hostname } of bare) job.note(`${hostname} is not in the host's certificate: Cloudflare will refuse it (526)`);
    return `${job.wanted.names.length}/${job.wanted.names.length}`;
  },
};
