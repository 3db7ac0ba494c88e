/** The container that plays a machine: its arguments. Pure. */
import type { Lab } from "../context.ts";
import { bridgeName, containerName, diskMount, exportsFolder, labLabels } from "./names.ts";
import type { MachineSpec } from "./types.ts";

/** `docker create` arguments; `processors` is what this machine has, more than that Docker refuses. */
export function createArguments(lab: Pick<Lab, "number" | "directory">, spec: MachineSpec, image: string, processors: number): string[] {
  const labels = [...labLabels(lab), `etage.lab.machine=${spec.id}`, `etage.lab.server=${spec.name}`];
  return [
    "create",
    "--name", containerName(lab, spec.id),
    "--hostname", spec.name,
    ...labels.flatMap((label) => ["--label", label]),
    "--network", bridgeName(lab),
    "--ip", spec.ipv4,
    "--cpus", String(Math.min(spec.cores, processors)),
    "--memory", `${spec.memoryGigabytes}g`,
    "--memory-swap", `${spec.memoryGigabytes}g`,
    // all that --privileged gives except SYS_RESOURCE and this machine's devices: not every kernel grants the former
    "--cap-add", "ALL",
    "--cap-drop", "SYS_RESOURCE",
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
