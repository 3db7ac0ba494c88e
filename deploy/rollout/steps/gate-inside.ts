import { UserError } from "../../errors.ts";
import { gateInside as gate, gateTimeout } from "../../host/gate.ts";
import type { Runner } from "../../remote/runner.ts";
import type { Job, Step } from "../job.ts";

/** Throws when the container does not become ready with that version in time. */
export async function askInside(job: Job, runner: Runner, container: string, version: string): Promise<void> {
  const { rollout, app } = job.fleet.platform;
  const { code, stdout } = await runner.run(gate({
    ...rollout.gate, container, version, network: job.outputs.network, port: app.port, readyPath: app.health.ready, versionPath: app.health.version,
  }), { timeout: gateTimeout(rollout.gate), assume: "passed 2\n" });
  if (code !== 0) throw new UserError(`${job.host.name}: ${explain(stdout)}`);
}

export const gateInside: Step = {
  name: "gate-inside",
  async run(job) {
    if (!job.started) throw new Error("gate-inside needs start before it");
    await askInside(job, job.runner, job.started, job.wanted.release.version);
    return undefined;
  },
};

/** The script's own report (see host/gate.ts) as a reason, the newest answer first. */
export function explain(stdout: string): string {
  const [answers = "", log = ""] = stdout.split(/^log:$/m);
  const lines = answers.trim().split("\n").slice(1).map((line) => line.trim()).toReversed();
  const [first = "nothing was heard from the new container", ...earlier] = lines.map((line) => line.replace(/^(\d+) (.*)$/s, (_, times: string, text: string) => times === "1" ? text : `${text} (${times} times in a row)`));
  const tail = log.trim();
  return [first, ...earlier.map((line) => `before: ${line}`), ...(tail ? ["its last log lines:", ...tail.split("\n").map((line) => `  ${line}`)] : [])].join("\n");
}
