/** Volumes, private networks and firewalls of machines: written down first, then done, so that a reboot repeats it. */
import type { Lab } from "../context.ts";
import { createNetworkBridge, unplug } from "./network.ts";
import { applyFirewall, plugNetworks, processOf } from "./plug.ts";
import type { Records } from "./records.ts";
import type { Machines } from "./types.ts";
import { createVolumeFile, destroyVolumeFile, growVolume, hideVolume, showVolume } from "./volume.ts";

type Attachments = Pick<
  Machines,
  | "createVolume" | "resizeVolume" | "destroyVolume" | "attachVolume" | "detachVolume"
  | "createNetwork" | "attachNetwork" | "detachNetwork" | "setFirewall"
>;

export function attachments(lab: Lab, records: Records): Attachments {
  async function detachVolume(volume: number): Promise<void> {
    const server = records.volumes.find(volume)?.server;
    if (server === undefined) return;
    await hideVolume(lab, records, volume, await processOf(lab, server));
    records.volumes.change(volume, { server: undefined, automount: undefined });
  }

  return {
    createVolume: (volume, gigabytes, format) => createVolumeFile(lab, records, volume, gigabytes, format),
    resizeVolume: (volume, gigabytes) => growVolume(lab, records, volume, gigabytes),
    async destroyVolume(volume) {
      await detachVolume(volume);
      await destroyVolumeFile(lab, records, volume);
    },
    async attachVolume(id, volume, automount) {
      const { server } = records.volumes.need(volume);
      if (server !== undefined && server !== id) throw new Error(`volume ${volume} is attached to server ${server}: detach it first`);
      records.volumes.change(volume, { server: id, automount: automount || records.volumes.need(volume).automount });
      await showVolume(lab, records, volume, await processOf(lab, id));
    },
    detachVolume,

    createNetwork: (network) => createNetworkBridge(lab, network),
    async attachNetwork(id, network, ip, mac) {
      const others = records.machines.need(id).networks.filter((link) => link.network !== network);
      const known = records.machines.need(id).networks.find((link) => link.network === network);
      if (known && (known.ip !== ip || known.mac !== mac)) await unplug(lab, id, network);
      records.machines.change(id, { networks: [...others, { network, ip, mac }] });
      const pid = await processOf(lab, id);
      if (pid !== undefined) await plugNetworks(lab, records, id, pid);
    },
    async detachNetwork(id, network) {
      const networks = records.machines.need(id).networks.filter((link) => link.network !== network);
      records.machines.change(id, { networks });
      await unplug(lab, id, network);
    },
    async setFirewall(id, rules) {
      records.machines.change(id, { rules });
      const pid = await processOf(lab, id);
      if (pid !== undefined) await applyFirewall(records, id, pid);
    },
  };
}
