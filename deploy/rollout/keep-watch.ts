/** Watching a new container while customers use it, as the canary and the steady step do: on the host itself, in slices. */
import { UserError } from "../errors.ts";
import { sections } from "../host/command.ts";
import { formatSections, parseSections } from "../host/sections.ts";
import { parseSteady, steadyTimeout, steadyWatch } from "../host/steady.ts";
import { parseTraffic, readTraffic, type Traffic } from "../host/traffic.ts";
import { mustRun } from "../remote/runner.ts";
import type { Job, Part } from "./job.ts";
import { workerName } from "./worker.ts";
import { between, judgeWatch, type Rates, recentPast } from "./watch.ts";

/** Seconds that the host watches by itself; then what it saw is judged, so that a fault of customers' answers ends the watch early. */
const SLICE = 10;

export interface Watching {
  container: string;
  /** The proxy's name of the service whose answers are judged. */
  service: string;
  seconds: number;
  /** What they are judged against, once something was read. */
  past(reading: Traffic): Rates | null;
}

/** Reads the traffic, looks at the container again and again, reads the traffic once more: one round trip. */
export function sliceOf(job: Job, container: string, seconds: number): Part {
  const { fleet: { platform: { app, rollout: { gate } } }, outputs, switched } = job;
  const watch = { ...gate, container, network: outputs.network, port: app.port, readyPath: app.health.ready, seconds: Math.min(seconds, SLICE) };
  // The worker takes jobs from the switch on.
  const read = readTraffic(app.worker && switched ? [container, workerName(container)] : [container]);
  return {
    purpose: `watching ${container}`, timeout: steadyTimeout(watch), assume: formatSections({ before: "", steady: "steady 1", after: "" }),
    command: sections(["before", read], ["steady", steadyWatch(watch)], ["after", read]),
  };
}

/**
 * Watches to the end and resolves with what was seen; throws with what was wrong. `first`: what the first slice printed,
 * when it was sent already. A wish to stop ends the watch early.
 */
export async function keepWatch(job: Job, { container, service, seconds, past }: Watching, first?: string): Promise<Rates> {
  const { host, runner, fleet: { platform: { rollout: { watch } } } } = job;
  let began: Traffic | undefined;
  for (let left = seconds, printed = first; ; printed = undefined) {
    const { purpose, command, timeout, assume } = sliceOf(job, container, left);
    const parts = parseSections(printed ?? await mustRun(runner, purpose, command, { timeout, ...(assume === undefined ? {} : { assume }) }));
    const text = (name: string): string => parts.get(name)?.output ?? "";
    const ill = parseSteady(text("steady"));
    if (ill) throw new UserError(`${host.name}: ${ill}`);
    began ??= parseTraffic(text("before"));
    const reading = parseTraffic(text("after"));
    const rates = between(began, reading, service);
    const fault = judgeWatch(past(reading), rates, watch);
    if (fault) throw new UserError(`${host.name}: under customers' requests, ${fault}`);
    left -= SLICE;
    if (left <= 0 || job.stop?.aborted) return rates;
  }
}

/** How the host did before this job changed anything. */
export const pastOf = ({ before, seen, fleet: { platform: { rollout: { watch } } } }: Job): Rates | null =>
  recentPast(before.traffic, seen?.traffic, watch.minimumRequests);
