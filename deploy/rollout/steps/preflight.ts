import { Refused, UserError } from "../../errors.ts";
import { awaitServices, removeApps, stopApp } from "../../host/docker.ts";
import { isUnchanged, isUp, type Observation, observeAgain, parseObservation } from "../../host/observe.ts";
import { CERTIFICATE, CERTIFICATE_KEY } from "../../host/paths.ts";
import { differing, filesInput, writeFiles } from "../../host/secrets.ts";
import { mustRun } from "../../remote/runner.ts";
import { bytes } from "../../report/units.ts";
import type { HostStep, Job } from "../job.ts";
import { judge } from "../judge.ts";
import { removeLeftoverCanary } from "./canary.ts";

/** Room for one more image and its layers, with something to spare. */
const LEAST_FREE = 1e9;
/** Of a small disk, a share is enough. */
const LEAST_FREE_SHARE = 0.1;

/** Looks at the host once more now that nobody else changes it, mends what a killed run left, brings files up to date. */
export const preflight: HostStep = {
  name: "preflight",
  decides: true,
  answers: true,
  part({ outputs, wanted, looked, before }) {
    const command = observeAgain({ services: outputs.services, dataPath: outputs.dataPath, files: wanted.files.map(({ path }) => path) }, before);
    return { purpose: "looking at the host", command, timeout: 60_000, assume: looked };
  },
  async done(job, stdout) {
    const seen = isUnchanged(stdout ?? "") ? job.before : parseObservation(stdout ?? "", job.outputs.services);
    checkHost(job, seen);
    await awaitYoung(job, seen);
    const verdict = judge(seen, job.wanted, job.faults);
    if (verdict.action !== "none") checkMoves(job, seen);
    job.seen = seen;
    job.verdict = verdict;
    job.previous = verdict.current;
    job.previousWorker = verdict.worker;
    await removeLeftoverCanary(job);
    await removeLeftovers(job);
    await bringFiles(job);
    return undefined;
  },
};

function checkHost({ host }: Job, seen: Observation): void {
  if (!seen.booted) throw new UserError(`${host.name} is still being set up by cloud-init`, { hint: "try again in a minute; deploy ssh shows /var/log/cloud-init-output.log" });
  if (seen.bootErrors.length > 0) throw new UserError(`${host.name} was not set up completely: ${seen.bootErrors.join("; ")}`, { hint: `deploy ssh ${host.name} -- sudo cat /var/log/cloud-init-output.log` });
  if (seen.dockerFault) throw new UserError(`Docker on ${host.name} does not answer: ${seen.dockerFault}`, { hint: `deploy ssh ${host.name} -- sudo systemctl status docker` });
  if (seen.standIn) throw new UserError(`a stand-in serves for the proxy on ${host.name}; a new release would not reach it`, { hint: `once the proxy is back: deploy stand-in ${host.name}` });
  const down = seen.services.filter((service) => !isUp(service));
  if (down.length > 0) {
    throw new UserError(`services on ${host.name} are not up: ${down.map(({ name, status, health }) => `${name} is ${health === "unhealthy" ? health : status}`).join(", ")}`, {
      hint: `pulumi up -s ${host.name} brings them back; deploy logs ${host.name} --service ${down[0]!.name} says why`,
    });
  }
  // Without its answer nobody knows which container serves: nothing may be removed then.
  if (seen.proxyFault) throw new UserError(`the proxy on ${host.name} does not answer: ${seen.proxyFault}`, { hint: `deploy logs ${host.name} --service proxy` });
  const full = seen.disks.find((disk) => disk.free < Math.min(LEAST_FREE, disk.bytes * LEAST_FREE_SHARE));
  if (full) throw new UserError(`${full.path} on ${host.name} is nearly full: ${bytes(full.free)} of ${bytes(full.bytes)} left`, { hint: `deploy ssh ${host.name} -- docker system df` });
}

const YOUNG_SECONDS = 120;

/** A database that `pulumi up` has made just now takes no connections for some seconds. */
async function awaitYoung({ runner }: Job, { services }: Observation): Promise<void> {
  const young = services.filter(({ health }) => health === "starting").map(({ name }) => name);
  if (young.length > 0) await mustRun(runner, "waiting for services that have just begun", awaitServices(young, YOUNG_SECONDS), { timeout: (YOUNG_SECONDS + 30) * 1000 });
}

/** A move's own operation may: it brings the release to a host that it has just made. */
function checkMoves({ host, operation }: Job, seen: Observation): void {
  const move = seen.moves.find((each) => each.phase === "preparing" && each.operation !== operation);
  if (move) throw new Refused(`${move.slug} is moving from ${move.from} to ${move.to}; an update of ${host.name} could change what the two have in common`, `wait until it has moved, or end the move: deploy move abort ${move.slug}`);
}

async function removeLeftovers(job: Job): Promise<void> {
  const { leftovers } = job.verdict!;
  if (leftovers.length === 0) return;
  const live = leftovers.filter(({ status }) => status === "running");
  for (const { name } of live) await job.runner.run(stopApp(name, job.fleet.platform.rollout.drainSeconds));
  await mustRun(job.runner, "removing leftovers", removeApps(leftovers.map(({ name }) => name)));
  if (live.length > 0) job.note(`removed what an earlier run left: ${live.map(({ name }) => name).join(", ")}`);
}

async function bringFiles(job: Job): Promise<void> {
  const changed = new Set(differing(job.wanted.files, job.seen!.files).map(({ path }) => path));
  if (changed.size === 0) return;
  const files = (await job.secretFiles()).filter(({ path }) => changed.has(path));
  await mustRun(job.runner, "writing secrets", writeFiles(), { stdin: filesInput(files) });
  job.certificateChanged = changed.has(CERTIFICATE) || changed.has(CERTIFICATE_KEY);
}
