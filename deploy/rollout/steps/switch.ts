import { all, any, type Command } from "../../host/command.ts";
import { startAgain } from "../../host/docker.ts";
import { deployRoute, removeCanary } from "../../host/proxy.ts";
import { CommandFailed } from "../../remote/runner.ts";
import { type HostStep, type Job, observed, renews } from "../job.ts";
import { routeTo } from "../wanted.ts";
import { workerName } from "../worker.ts";

/** Points the proxy at a container. The proxy itself waits for the old target's requests, so this may take `drainSeconds`. */
export const pointAt = (job: Job, container: string): Command => deployRoute(routeTo(job.fleet.platform, job.wanted, container));
export const pointTimeout = (job: Job): number => (job.fleet.platform.rollout.drainSeconds + 60) * 1000;

const CANARY_STAYS = "canary stays";
/** Its names lead to the same container by then, so a fault here is none of the switch. */
const takeCanaryAway: Command = any(removeCanary(), ["echo", CANARY_STAYS]);

export const switchOver: HostStep = {
  name: "switch",
  part(job) {
    const refreshed = observed(job).verdict.current?.name;
    const container = renews(job) ? job.fresh : refreshed;
    if (!container) throw new Error("switch needs a container to point at");
    const route = pointAt(job, container);
    const worker = renews(job) && job.fleet.platform.app.worker ? startAgain(workerName(job.fresh)) : undefined;
    const commands = [...(worker ? [worker] : []), route, ...(job.canaryUp ? [takeCanaryAway] : [])];
    return { purpose: `switching to ${container}`, command: commands.length === 1 ? route : all(...commands), timeout: pointTimeout(job) };
  },
  // Until the proxy has said no, requests may be with the new one.
  began(job) {
    job.switched = job.started !== undefined;
  },
  done(job, stdout) {
    if (job.canaryUp && stdout?.includes(CANARY_STAYS)) job.note("the route of those who went first is still there; the next run takes it away");
    job.canaryUp = false;
    return undefined;
  },
  fault(job, result) {
    job.switched = false;
    const { purpose, command } = switchOver.part(job)!;
    return new CommandFailed(job.host.name, purpose, command, result);
  },
};
