/** The lab's bridge: the "public" network of its machines, on which this machine is the gateway. */
import type { Lab } from "../context.ts";
import { docker, run, tryDocker } from "./command.ts";
import { bridgeName, labLabels } from "./names.ts";

/** Makes the bridge with its two addresses (.1 gateway, .2 the edge); again after a restart of the Docker engine, without harm. */
export async function createBridge(lab: Lab): Promise<void> {
  const name = bridgeName(lab);
  if ((await tryDocker(["network", "inspect", name])) === undefined) await docker(networkArguments(lab));
  const edge = `${lab.subnet(2)}/24`;
  const addresses = await run("ip", ["-oneline", "-4", "address", "show", "dev", name]);
  if (!addresses.includes(` ${edge} `)) await run("ip", ["address", "add", edge, "dev", name]);
}

export async function destroyBridge(lab: Pick<Lab, "number">): Promise<void> {
  await tryDocker(["network", "rm", bridgeName(lab)]);
}

function networkArguments(lab: Lab): string[] {
  const name = bridgeName(lab);
  return [
    "network", "create",
    "--driver", "bridge",
    "--subnet", `${lab.subnet(0)}/24`,
    "--gateway", lab.subnet(1),
    "--aux-address", `edge=${lab.subnet(2)}`,
    "--opt", `com.docker.network.bridge.name=${name}`,
    ...labLabels(lab).flatMap((label) => ["--label", label]),
    name,
  ];
}
