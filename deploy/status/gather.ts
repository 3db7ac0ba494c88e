/** Asks all hosts at once how they are. */
import pLimit from "p-limit";
import type { Host } from "../../model/fleet.ts";
import type { Outputs } from "../../model/outputs.ts";
import type { Context } from "../context.ts";
import { exitCode, UserError } from "../errors.ts";
import type { Expectation } from "../host/gate.ts";
import { observe, parseObservation, servingApp } from "../host/observe.ts";
import { mustRun } from "../remote/runner.ts";
import { askOutside } from "../rollout/steps/gate-outside.ts";
import { expectations } from "../rollout/wanted.ts";
import { type Check, type HostStatus, hostStatus, silentHost } from "./host-status.ts";
import { askPublicly, publicNames } from "../public.ts";

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
  const { fleet } = context;
  const runner = await context.connect(host.name);
  const text = await mustRun(runner, "looking at the host", observe({ services: outputs.services, dataPath: outputs.dataPath, files: [] }), { timeout: 60_000 });
  const seen = parseObservation(text, outputs.services);
  const app = servingApp(seen);
  const all = expectations(host, outputs.hostnames);
  const first = all.filter(({ hostname }) => seen.canary?.hosts.includes(hostname));
  const names = all.filter((name) => !first.includes(name));
  if (!app) return hostStatus(host, outputs, seen, [], undefined, context.now(), fleet.platform.backup !== undefined);
  const early = seen.apps.find(({ name }) => name === seen.canary?.container)?.release ?? app.release;
  const [faults, ofFirst, open] = await Promise.all([
    askOutside({ fleet }, runner, names, app.release, 1),
    first.length > 0 ? askOutside({ fleet }, runner, first, early, 1) : [],
    publicCheck(context, publicNames(fleet, host, names), app.release),
  ]);
  return hostStatus(host, outputs, seen, [...faults, ...ofFirst], open, context.now(), fleet.platform.backup !== undefined);
}

/** What a customer would see; only where the name server to ask is known, since ours may know nothing of these names. */
async function publicCheck({ environment: { resolver }, fleet }: Context, names: readonly Expectation[], version: string): Promise<Check | undefined> {
  if (!resolver || names.length === 0) return undefined;
  const faults = await askPublicly(names, fleet.platform.app.health.version, version, resolver);
  const detail = faults.length > 0 ? faults.map(({ hostname, fault }) => `${hostname} ${fault}`).join("; ") : `${names.length}/${names.length} by DNS and TLS`;
  return { name: "public", ok: faults.length === 0, detail };
}
