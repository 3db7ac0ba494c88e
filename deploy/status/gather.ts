/** Asks all hosts at once how they are. */
import pLimit from "p-limit";
import type { Host } from "../../model/fleet.ts";
import type { Outputs } from "../../model/outputs.ts";
import type { Context } from "../context.ts";
import { exitCode, UserError } from "../errors.ts";
import { observe, parseObservation } from "../host/observe.ts";
import { mustRun } from "../remote/runner.ts";
import { askOutside } from "../rollout/steps/gate-outside.ts";
import { expectations } from "../rollout/wanted.ts";
import { type HostStatus, hostStatus, silentHost } from "./host-status.ts";
import { publicCheck } from "./public.ts";

const AT_ONCE = 16;

export async function gatherStatus(context: Context): Promise<HostStatus[]> {
  const limit = pLimit(AT_ONCE);
  return Promise.all(context.fleet.hosts.map((host) => limit(() => statusOf(context, host))));
}

async function statusOf(context: Context, host: Host): Promise<HostStatus> {
  let outputs: Outputs | undefined;
  try {
    outputs = await context.outputs(host.name);
    return await ask(context, host, outputs);
  } catch (error) {
    // A configuration fault that is the same for all hosts would only be repeated in every row.
    if (!(error instanceof UserError) || (error.code === exitCode.usage && !/no stack|not fully up/.test(error.message))) throw error;
    return silentHost(host, outputs?.address ?? null, error.message);
  }
}

async function ask(context: Context, host: Host, outputs: Outputs): Promise<HostStatus> {
  const { fleet, environment } = context;
  const runner = await context.connect(host.name);
  const text = await mustRun(runner, "looking at the host", observe({ services: outputs.services, dataPath: outputs.dataPath, files: [] }), { timeout: 60_000 });
  const seen = parseObservation(text, outputs.services);
  const app = seen.apps.find(({ name }) => name === seen.route?.container);
  const names = expectations(host, outputs.hostnames);
  if (!app) return hostStatus(host, outputs, seen, [], undefined, context.now());
  const [faults, open] = await Promise.all([
    askOutside({ fleet }, runner, names, app.release, 1),
    // A staged host has no records yet: its names lead elsewhere.
    environment.resolver && host.phase === "live" ? publicCheck(namesServedHere(context, host, names), fleet.platform.app.health.version, app.release, environment.resolver) : Promise.resolve(undefined),
  ]);
  return hostStatus(host, outputs, seen, faults, open, context.now());
}

/** A shared host also knows customers whose own host is staged; DNS still leads to the shared one, so they count here. */
const namesServedHere = ({ fleet }: Context, host: Host, names: ReturnType<typeof expectations>) =>
  names.filter(({ tenant }) => tenant === null || fleet.customer(tenant)?.host.name === host.name);
