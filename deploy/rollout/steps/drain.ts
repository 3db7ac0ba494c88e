import { all } from "../../host/command.ts";
import { stopApp } from "../../host/docker.ts";
import type { HostStep } from "../job.ts";

/** The old container gets no new requests any more; it may finish what it has. So may the old worker. */
export const drain: HostStep = {
  name: "drain",
  afterwards: true,
  part({ previous, previousWorker, fleet: { platform } }) {
    const { drainSeconds } = platform.rollout;
    const stopSeconds = platform.app.worker?.stopSeconds ?? drainSeconds;
    const commands = [
      ...(previous?.status === "running" ? [stopApp(previous.name, drainSeconds)] : []),
      ...(previousWorker?.status === "running" ? [stopApp(previousWorker.name, stopSeconds)] : []),
    ];
    if (commands.length === 0) return null;
    return { purpose: "stopping the old release", command: all(...commands), timeout: (drainSeconds + stopSeconds + 60) * 1000 };
  },
};
