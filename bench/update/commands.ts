/** What every other way of updating sends: the container as the tool would start it, and the proxy's switch to it. */
import { randomBytes } from "node:crypto";
import { LABEL } from "../../deploy/host/docker.ts";
import { APP_USER, SECRETS, uploads } from "../../deploy/host/paths.ts";
import { deployRoute } from "../../deploy/host/proxy.ts";
import { appSpec, routeTo, wantedOf } from "../../deploy/rollout/wanted.ts";
import type { Fleet } from "../../model/fleet.ts";
import { appContainerName } from "../../model/names.ts";
import type { Built, Target } from "./stage.ts";

export interface HostCommands {
  image: string;
  /** `docker run` of the new container. */
  start: string[];
  /** `kamal-proxy deploy`: waits until the container is healthy, switches, waits for the old one's requests. */
  route: string[];
}

/** Shell that prints the ids of the app containers that run now. */
export const RUNNING = `docker ps --quiet --filter label=${LABEL.role}=app`;

/** Labels included, so that the tool finds such a host as it would find its own. */
export function commandsFor({ platform }: Fleet, { host, outputs }: Target, release: Built): HostCommands {
  const wanted = wantedOf(platform, host, outputs, release);
  const name = appContainerName(release.version, randomBytes(3).toString("hex"));
  const { image, memoryMegabytes, network, dataPath, environment, settings, since } = appSpec(platform, outputs, wanted, name, new Date());
  const labels = { [LABEL.role]: "app", [LABEL.release]: release.version, [LABEL.digest]: release.digest, [LABEL.since]: since, [LABEL.settings]: settings };
  return {
    image,
    start: [
      "docker", "run", "--detach", "--restart", "unless-stopped", "--name", name, "--network", network, "--memory", `${memoryMegabytes}m`,
      ...Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
      "--group-add", String(APP_USER), "--volume", `${SECRETS}:/run/secrets:ro`, "--volume", `${uploads(dataPath)}:/data/uploads`,
      ...Object.entries(environment).flatMap(([key, value]) => ["--env", `${key}=${value}`]), image, "serve",
    ],
    route: deployRoute(routeTo(platform, wanted, name)),
  };
}
