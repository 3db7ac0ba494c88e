import { stopApp } from "../../host/docker.ts";
import { mustRun } from "../../remote/runner.ts";
import type { Step } from "../job.ts";

/** The old container gets no new requests any more; it may finish what it has. */
export const drain: Step = {
  name: "drain",
  async run({ runner, previous, fleet }) {
    if (previous?.status !== "running") return undefined;
    const { drainSeconds } = fleet.platform.rollout;
    await mustRun(runner, `stopping ${previous.name}`, stopApp(previous.name, drainSeconds), { timeout: (drainSeconds + 60) * 1000 });
    return undefined;
  },
};
