import { SERVICE } from "../../host/proxy.ts";
import { type HostStep, observed } from "../job.ts";
import { keepWatch, pastOf, sliceOf } from "../keep-watch.ts";
import { describeRates } from "../watch.ts";
import { passOutside } from "./gate-outside.ts";

/** The new container must stay well while customers use it; the old one is still there to go back to. */
export const steady: HostStep = {
  name: "steady",
  decides: true,
  answers: true,
  part(job) {
    const { steadySeconds } = job.fleet.platform.rollout.gate;
    return steadySeconds > 0 ? sliceOf(job, job.fresh, steadySeconds) : null;
  },
  async done(job, stdout) {
    job.past = pastOf(job);
    if (stdout === undefined) return undefined;
    const past = job.past;
    const rates = await keepWatch(job, { container: job.fresh, service: SERVICE, seconds: job.fleet.platform.rollout.gate.steadySeconds, past: () => past }, stdout);
    // On a quiet host nobody else would notice that answers have turned bad meanwhile.
    if (!job.stop?.aborted) await passOutside(job, job.runner, job.wanted.release.version);
    // One that was made before they were turned on, and is left alone by deploy.
    return observed(job).seen.traffic.proxySince === null ? "the proxy tells no figures" : describeRates(rates);
  },
};
