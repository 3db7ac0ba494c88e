/** What hangs on a machine from outside and is lost with every stop: firewall, private networks, devices. */
import type { Lab } from "../context.ts";
import { tryDocker } from "./command.ts";
import { cutScript, firewallScript } from "./firewall.ts";
import { containerName } from "./names.ts";
import { inside, interfaceName, plug } from "./network.ts";
import type { Records } from "./records.ts";
import { showVolume } from "./volume.ts";

/** Process id of the machine's PID 1 on this machine; undefined when it does not run. */
export async function processOf(lab: Lab, id: number): Promise<number | undefined> {
  const pid = Number(await tryDocker(["inspect", "--format", "{{.State.Pid}}", containerName(lab, id)]));
  return pid > 0 ? pid : undefined;
}

/** Gives a machine that just started all that its record says. */
export async function plugAll(lab: Lab, records: Records, id: number): Promise<void> {
  const pid = await processOf(lab, id);
  if (pid === undefined) return;
  await applyFirewall(records, id, pid);
  await plugNetworks(lab, records, id, pid);
  await showVolumes(lab, records, id, pid);
}

/** Mounts the machine's volumes; with `pid` their devices appear in it, too. */
export async function showVolumes(lab: Lab, records: Records, id: number, pid?: number): Promise<void> {
  for (const [volume, { server }] of records.volumes.all()) if (server === id) await showVolume(lab, records, volume, pid);
}

export async function applyFirewall(records: Records, id: number, pid: number): Promise<void> {
  const { rules, cut } = records.machines.need(id);
  await inside(pid, "nft", ["-f", "-"], firewallScript(rules) + cutScript(cut));
}

export async function plugNetworks(lab: Lab, records: Records, id: number, pid: number): Promise<void> {
  for (const [position, link] of records.machines.need(id).networks.entries()) {
    await plug(lab, pid, id, { ...link, name: interfaceName(position) });
  }
}
