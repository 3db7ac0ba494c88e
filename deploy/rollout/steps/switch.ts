import { deployRoute } from "../../host/proxy.ts";
import { CommandFailed, type Runner } from "../../remote/runner.ts";
import type { Job, Step } from "../job.ts";
import { observed } from "../job.ts";
import { routeTo } from "../wanted.ts";

/** Points the proxy at a container. The proxy itself waits for the old target's requests, so this may take `drainSeconds`. */
export async function pointAt(job: Job, runner: Runner, container: string): Promise<void> {
  const command = deployRoute(routeTo(job.fleet.platform, job.wanted, container));
  const result = await runner.run(command, { timeout: (job.fleet.platform.rollout.drainSeconds + 60) * 1000 });
  if (result.code !== 0) throw new CommandFailed(job.host.name, `switching to ${container}`, command, result);
}

export const switchOver: Step = {
  name: "switch",
  async run(job) {
    const { verdict } = observed(job);
    const container = job.started ?? verdict.current?.name;
    if (!container) throw new Error("switch needs a container to point at");
    // Until the proxy has said no, requests may be with the new one.
    job.switched = job.started !== undefined;
    try {
      await pointAt(job, job.runner, container);
    } catch (error) {
      if (error instanceof CommandFailed) job.switched = false;
      throw error;
    }
    return undefined;
  },
};
