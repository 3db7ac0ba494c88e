/** From records to real machines: what a server's machine must look like, and making it so. */
import type { FirewallRule, MachineSpec } from "../machines/types.ts";
import { images, serverTypes } from "./catalog/catalog.ts";
import type { Cloud } from "./cloud.ts";
import { rulesFor } from "./firewall-rules.ts";
import { attachmentPrefix } from "./network-plan.ts";
import type { ServerRecord, ServerStatus } from "./records.ts";

/** Nothing in, nothing out: the machine of a server without a public interface still has an address on the lab's bridge. */
const closed: FirewallRule[] = [{ direction: "out", protocol: "esp", source_ips: [], destination_ips: ["127.0.0.1/32"] }];

export function specOf(server: ServerRecord): MachineSpec {
  const type = serverTypes.find((candidate) => candidate.id === server.serverType)!;
  return {
    id: server.id,
    name: server.name,
    ipv4: server.address,
    image: images.find((candidate) => candidate.id === server.image)!.name,
    cores: type.cores,
    memoryGigabytes: type.memory,
    diskGigabytes: server.primaryDiskSize,
    userData: server.userData,
    publicKeys: server.publicKeys,
    labels: server.labels,
  };
}

export const hasPublicNet = (cloud: Cloud, server: number): boolean => cloud.store.all("primary_ip").some((ip) => ip.assignee === server);
const hasPublicIpv4 = (cloud: Cloud, server: number) => cloud.store.all("primary_ip").some((ip) => ip.assignee === server && ip.type === "ipv4");

/** Puts the union of the server's firewalls on its machine; one that is off boots with them. */
export async function applyFirewalls(cloud: Cloud, id: number): Promise<void> {
  const server = cloud.store.find("server", id);
  if (!server || (await cloud.machines.state(id)) === "missing") return;
  await cloud.machines.setFirewall(id, hasPublicIpv4(cloud, id) ? rulesFor(cloud.store.all("firewall"), server) : closed);
}

export async function attachNetwork(cloud: Cloud, id: number, network: number): Promise<void> {
  const net = cloud.store.find("server", id)?.privateNet.find((entry) => entry.network === network);
  const record = cloud.store.find("network", network);
  // A machine that was never booted gets its networks when it is.
  if (!net || !record || (await cloud.machines.state(id)) === "missing") return;
  await cloud.networkReady(network);
  await cloud.machines.attachNetwork(id, network, `${net.ip}/${attachmentPrefix(record)}`, net.mac_address);
}

export async function attachVolume(cloud: Cloud, id: number, volume: number, automount: boolean): Promise<void> {
  // Its making failed just before.
  if (cloud.store.find("volume", volume)?.status !== "available") throw new Error(`no volume ${volume}`);
  if ((await cloud.machines.state(id)) === "missing") return;
  await cloud.machines.attachVolume(id, volume, automount);
}

/** First boot: makes the machine, and gives it all that its record says it has. A half-made one is taken away again. */
export async function makeMachine(cloud: Cloud, id: number): Promise<void> {
  const server = cloud.store.find("server", id);
  if (!server) return;
  try {
    await cloud.machines.create(specOf(server));
  } catch (error) {
    await cloud.machines.destroy(id).catch((second: unknown) => cloud.lab.log(`hetzner: clearing away server ${id} failed: ${String(second)}`));
    throw error;
  }
  await applyFirewalls(cloud, id);
}

/** Everything that hangs on the machine: for machines made late or again. */
export async function restoreAttachments(cloud: Cloud, id: number): Promise<void> {
  for (const net of cloud.store.find("server", id)?.privateNet ?? []) await attachNetwork(cloud, id, net.network);
  for (const volume of cloud.store.all("volume")) if (volume.server === id) await attachVolume(cloud, id, volume.id, volume.automount);
}

/** The same for a machine that was just made: one that lacks something is taken away again, as if it had never been. */
export async function completeMachine(cloud: Cloud, id: number): Promise<void> {
  try {
    await restoreAttachments(cloud, id);
  } catch (error) {
    const clear = (work: Promise<void>): Promise<void> => work.catch((second: unknown) => cloud.lab.log(`hetzner: clearing away server ${id} failed: ${String(second)}`));
    for (const volume of cloud.store.all("volume")) if (volume.server === id && volume.status === "available") await clear(cloud.machines.detachVolume(volume.id));
    await clear(cloud.machines.destroy(id));
    throw error;
  }
}

/** Makes the machine run, whatever state it is in. */
export async function powerOn(cloud: Cloud, id: number): Promise<void> {
  const state = await cloud.machines.state(id);
  if (state === "missing") {
    await makeMachine(cloud, id);
    await completeMachine(cloud, id);
  } else if (state === "off") {
    await applyFirewalls(cloud, id);
    await cloud.machines.start(id);
  }
}

/** Writes down what the machine really is; `off` for one that was never made. */
export async function recordStatus(cloud: Cloud, id: number): Promise<void> {
  const state = await cloud.machines.state(id);
  const status: ServerStatus = state === "running" ? "running" : "off";
  cloud.store.change("server", id, { status });
}
