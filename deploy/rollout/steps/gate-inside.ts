import { UserError } from "../../errors.ts";
import type { Command } from "../../host/command.ts";
import { gateInside as gate, gateTimeout } from "../../host/gate.ts";
import type { Runner } from "../../remote/runner.ts";
import type { HostStep, Job } from "../job.ts";

/** Of the time for which the new container is watched, so much passes before customers meet it; then flapping is noticed by nobody. */
const MOST_STAY_SECONDS = 1;

function question({ fleet: { platform: { rollout, app } }, outputs }: Job, container: string, version: string, staySeconds: number): Command {
  return gate({ ...rollout.gate, staySeconds, container, version, network: outputs.network, port: app.port, readyPath: app.health.ready, versionPath: app.health.version });
}

const ASSUMED = "passed 2\n";

/** Throws when the container, which has served before, does not become ready with that version in time. */
export async function askInside(job: Job, runner: Runner, container: string, version: string): Promise<void> {
  const { gate } = job.fleet.platform.rollout;
  const { code, stdout } = await runner.run(question(job, container, version, 0), { timeout: gateTimeout(gate), assume: ASSUMED });
  if (code !== 0) throw new UserError(`${job.host.name}: ${explain(stdout)}`);
}

export const gateInside: HostStep = {
  name: "gate-inside",
  part(job) {
    const { gate } = job.fleet.platform.rollout;
    const stay = Math.min(MOST_STAY_SECONDS, gate.steadySeconds);
    return { purpose: "asking the new container", command: question(job, job.fresh, job.wanted.release.version, stay), timeout: gateTimeout(gate), assume: ASSUMED };
  },
  fault: ({ host }, { stdout }) => new UserError(`${host.name}: ${explain(stdout)}`),
};

/** The script's own report (see host/gate.ts) as a reason, the newest answer first. */
export function explain(stdout: string): string {
  const [answers = "", log = ""] = stdout.split(/^log:$/m);
  const lines = answers.trim().split("\n").slice(1).map((line) => line.trim()).toReversed();
  const [first = "nothing was heard from the new container", ...earlier] = lines.map((line) => line.replace(/^(\d+) (.*)$/s, (_, times: string, text: string) => times === "1" ? text : `${text} (${times} times in a row)`));
  const tail = log.trim();
  return [first, ...earlier.map((line) => `before: ${line}`), ...(tail ? ["its last log lines:", ...tail.split("\n").map((line) => `  ${line}`)] : [])].join("\n");
}
