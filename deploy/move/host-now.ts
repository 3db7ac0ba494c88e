/** What a host runs, before and while a customer moves to or from it. */
import type { Host } from "../../model/fleet.ts";
import type { Outputs } from "../../model/outputs.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { type AppContainer, isUp, type Observation, observe, parseObservation, servingApp } from "../host/observe.ts";
import { repositoryName } from "../registry/reference.ts";
import { mustRun } from "../remote/runner.ts";
import type { Release } from "../rollout/release.ts";

export interface HostNow {
  host: Host;
  outputs: Outputs;
  seen: Observation;
  /** The container that the proxy sends the app's requests to. */
  app: AppContainer;
  release: Release;
}

/** @throws UserError when the host can't be reached, or serves no release in good health. */
export async function lookNow(context: Context, name: string): Promise<HostNow> {
  const host = context.host(name);
  const outputs = await context.outputs(name);
  const repository = repositoryName(context.repository);
  const { services, dataPath } = outputs;
  const seen = parseObservation(await mustRun(await context.connect(name), "looking at the host", observe({ services, dataPath, files: [], repository }), { timeout: 60_000 }), services);
  // On a host of its own, a customer's route takes over all of the app's names, and the app's route goes.
  const app = seen.route ? servingApp(seen) : seen.apps.find(isUp);
  if (!app) throw new UserError(`${name} serves no release`, { hint: `deploy update ${name}` });
  const ill = [...seen.services, app].filter((container) => !isUp(container)).map((container) => `${container.name} is ${container.health === "unhealthy" ? "unhealthy" : container.status}`);
  if (ill.length > 0) throw new UserError(`${name} is not well: ${ill.join(", ")}`, { hint: `deploy status says more; deploy update ${name} brings a dead app back` });
  return { host, outputs, seen, app, release: { version: app.release, digest: app.digest, repository } };
}
