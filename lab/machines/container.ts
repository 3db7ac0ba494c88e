/** The container that plays a machine: its arguments. Pure. */
import type { Lab } from "../context.ts";
import { bridgeName, containerName, diskMount, exportsFolder, labLabels } from "./names.ts";
import type { MachineSpec } from "./types.ts";

/** What this machine has to give. */
export interface Bounds {
  processors: number;
  sysResource: boolean;
}

/** `docker create` arguments; asking for more than the bounds is what Docker refuses. */
export function createArguments(lab: Pick<Lab, "number" | "directory">, spec: MachineSpec, image: string, bounds: Bounds): string[] {
  const labels = [...labLabels(lab), `etage.lab.machine=${spec.id}`, `etage.lab.server=${spec.name}`];
  return [
    "create",
    "--name", containerName(lab, spec.id),
    "--hostname", spec.name,
    ...labels.flatMap((label) => ["--label", label]),
    "--network", bridgeName(lab),
    "--ip", spec.ipv4,
    "--cpus", String(Math.min(spec.cores, bounds.processors)),
    "--memory", `${spec.memoryGigabytes}g`,
    "--memory-swap", `${spec.memoryGigabytes}g`,
    // all that --privileged gives, but not this machine's devices
    "--cap-add", "ALL",
    ...(bounds.sysResource ? [] : ["--cap-drop", "SYS_RESOURCE"]),
    "--security-opt", "seccomp=unconfined",
    "--security-opt", "apparmor=unconfined",
    "--cgroupns", "private",
    // block devices of volumes; which ones, the lab says by making their nodes
    "--device-cgroup-rule", "b 7:* rmw",
    "--sysctl", "net.ipv4.ip_forward=1",
    "--volume", `${diskMount(lab, spec.id)}:/disk`,
    "--volume", `${exportsFolder(lab, spec.id)}:/mnt:rslave`,
    "--log-opt", "max-size=1m",
    image,
  ];
}
