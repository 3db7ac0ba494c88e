import { Interrupted } from "../../errors.ts";
import { all } from "../../host/command.ts";
import type { Expectation } from "../../host/gate.ts";
import { CANARY, deployCanary, deployRoute, removeCanary, withdrawCanary } from "../../host/proxy.ts";
import { mustRun, type Runner } from "../../remote/runner.ts";
import { canaryOf } from "../canary.ts";
import { type Job, observed, type OwnStep } from "../job.ts";
import { keepWatch } from "../keep-watch.ts";
import { describeRates, recentPast } from "../watch.ts";
import { routeTo } from "../wanted.ts";
import { passOutside } from "./gate-outside.ts";

/** The names SLUG.DOMAIN of those customers who go first; [] where nobody does. Only an update has something to compare with. */
export function canaryNames(job: Job): Expectation[] {
  const { host, verb, previous, wanted, fleet: { platform } } = job;
  if (verb !== "update" || previous?.status !== "running" || observed(job).verdict.action !== "update") return [];
  const chosen = new Set(canaryOf(host, platform.rollout.canary).map((slug) => `${slug}.${platform.domain}`));
  return wanted.names.filter(({ hostname }) => chosen.has(hostname));
}

/**
 * A few customers of a shared host get the new release, by a route of their own that wins over the wildcard. They are
 * watched against what the others, and they themselves before, got from the old one. `switch` brings all others and
 * takes the route away; `undo` brings these back. Should this program die, the next run's preflight does.
 */
export const canary: OwnStep = {
  name: "canary",
  async run(job) {
    const { runner, wanted, fleet: { platform }, host } = job;
    const names = canaryNames(job);
    const settings = platform.rollout.canary;
    if (names.length === 0 || !settings) return undefined;
    const slugs = names.map(({ hostname }) => hostname.split(".")[0]!);
    await mustRun(runner, `letting ${slugs.join(", ")} go first`, goFirst(job, names), { timeout: routeTimeout(job) });
    await passOutside(job, runner, wanted.release.version, { names });
    const { watch: { minimumRequests } } = platform.rollout;
    const rates = await keepWatch(job, { container: job.fresh, service: CANARY, seconds: settings.watchSeconds, past: (reading) => recentPast(job.before.traffic, reading, minimumRequests) });
    if (job.stop?.aborted) throw new Interrupted(job.stop.reason);
    // Where few requests came, this is most of what is known.
    await passOutside(job, runner, wanted.release.version, { names });
    if (rates.requests < minimumRequests) job.note(`${host.name}: ${describeRates(rates)} of ${slugs.join(", ")}: too few to judge by`);
    return `${slugs.join(", ")}: ${describeRates(rates)}`;
  },
};

function goFirst(job: Job, names: readonly Expectation[]) {
  const { wanted, fleet: { platform }, previous, fresh } = job;
  const hosts = names.map(({ hostname }) => hostname);
  // Before the proxy answers: from here on requests may be with the new container.
  job.canaryUp = true;
  const route = deployCanary({ ...routeTo(platform, wanted, fresh), hosts });
  // The proxy gives an exact name to one service only; the app's own route has a wildcard instead, or gets it now.
  const taken = observed(job).seen.route?.hosts.some((name) => hosts.includes(name));
  return taken ? all(deployRoute(routeTo(platform, wanted, previous!.name)), route) : route;
}

const routeTimeout = ({ fleet: { platform: { rollout } } }: Job): number => (2 * rollout.drainSeconds + 60) * 1000;

/** Brings the canary's customers back to the old release and waits for what they asked the new one, whose container may go afterwards. */
export async function endCanary(job: Job, runner: Runner): Promise<void> {
  const { wanted, previous, fleet: { platform } } = job;
  const hosts = canaryOf(job.host, platform.rollout.canary).map((slug) => `${slug}.${platform.domain}`);
  const command = previous ? withdrawCanary({ ...routeTo(platform, wanted, previous.name), hosts }) : removeCanary();
  await mustRun(runner, "taking the canary back", command, { timeout: routeTimeout(job) });
  job.canaryUp = false;
}

/** What a killed run left: without it, its customers would stay on a release that nobody watches. No request fails. */
export async function removeLeftoverCanary(job: Job): Promise<void> {
  const { seen: { canary: left }, verdict: { current } } = observed(job);
  if (!left) return;
  const { wanted, fleet: { platform } } = job;
  const away = current?.status === "running" && current.name !== left.container;
  const command = away ? withdrawCanary({ ...routeTo(platform, wanted, current.name), hosts: left.hosts }) : removeCanary();
  await mustRun(job.runner, "taking back a canary that an earlier run left", command, { timeout: routeTimeout(job) });
  job.note(`took back a canary that an earlier run left: ${left.hosts.join(", ")}`);
}
