/** A server's legs in private networks. */
import { z } from "zod";
import { isIpv4, overlaps, rangeOf } from "./addresses.ts";
import { locationNamed } from "./catalog/catalog.ts";
import { need, type Cloud } from "./cloud.ts";
import { ApiError, invalid } from "./errors.ts";
import * as input from "./input.ts";
import { attachNetwork } from "./machine.ts";
import { checkAliases, chooseAddress, takenIn } from "./network-plan.ts";
import type { ActionRecord, ServerRecord } from "./records.ts";

const mostPerServer = 3;
const ipv4 = z.string().refine(isIpv4, "is not an IPv4 address");
export const attachment = z.object({
  network: input.id,
  ip: ipv4.nullish(),
  ip_range: z.string().nullish(),
  alias_ips: z.array(ipv4).nullish(),
});
export const aliases = z.object({ network: input.id, alias_ips: z.array(ipv4) });

const resourcesOf = (server: number, network: number) => [{ type: "server", id: server }, { type: "network", id: network }];
const without = (server: ServerRecord | undefined, network: number) => (server?.privateNet ?? []).filter((entry) => entry.network !== network);

/** Reserves the address at once, then plugs the machine in; a failed plug gives the address back. */
export function attachToNetwork(cloud: Cloud, id: number, wanted: z.output<typeof attachment>): ActionRecord {
  const server = need(cloud, "server", id);
  const network = need(cloud, "network", wanted.network);
  if (server.privateNet.some((entry) => entry.network === network.id)) throw new ApiError("server_already_attached", "server is already attached to the network");
  if (server.privateNet.length >= mostPerServer) throw new ApiError("resource_limit_exceeded", `a server can be in at most ${mostPerServer} networks`);
  const others = server.privateNet.map((entry) => need(cloud, "network", entry.network));
  if (others.some((other) => overlaps(rangeOf(other.ipRange), rangeOf(network.ipRange)))) {
    throw new ApiError("networks_overlap", "the network's IP range overlaps with one of the server's networks");
  }
  const taken = takenIn(network.id, cloud.store.all("server"));
  const ip = chooseAddress(network, taken, locationNamed(server.location).network_zone, wanted);
  checkAliases(network, [...taken, ip], wanted.alias_ips ?? []);
  const entry = { network: network.id, ip, alias_ips: wanted.alias_ips ?? [], mac_address: macOf(network.id, ip) };
  cloud.store.change("server", id, { privateNet: [...server.privateNet, entry] });
  return cloud.actions.start({
    command: "attach_to_network",
    resources: resourcesOf(id, network.id),
    work: () => attachNetwork(cloud, id, network.id),
    failed: () => cloud.store.change("server", id, { privateNet: without(cloud.store.find("server", id), network.id) }),
  });
}

export function detachFromNetwork(cloud: Cloud, id: number, network: number): ActionRecord {
  need(cloud, "network", network);
  attachedEntry(need(cloud, "server", id), network);
  return cloud.actions.start({
    command: "detach_from_network",
    resources: resourcesOf(id, network),
    work: async () => {
      if ((await cloud.machines.state(id)) !== "missing") await cloud.machines.detachNetwork(id, network);
      cloud.store.change("server", id, { privateNet: without(cloud.store.find("server", id), network) });
    },
  });
}

/** Alias addresses are only kept: as at Hetzner, they have to be configured inside the server by hand. */
export function changeAliases(cloud: Cloud, id: number, wanted: z.output<typeof aliases>): ActionRecord {
  const server = need(cloud, "server", id);
  const entry = attachedEntry(server, wanted.network);
  const taken = takenIn(wanted.network, cloud.store.all("server")).filter((ip) => !entry.alias_ips.includes(ip));
  checkAliases(need(cloud, "network", wanted.network), taken, wanted.alias_ips);
  const changed = server.privateNet.map((other) => (other === entry ? { ...entry, alias_ips: wanted.alias_ips } : other));
  cloud.store.change("server", id, { privateNet: changed });
  return cloud.actions.done("change_alias_ips", resourcesOf(id, wanted.network));
}

function attachedEntry(server: ServerRecord, network: number) {
  const entry = server.privateNet.find((candidate) => candidate.network === network);
  if (!entry) throw invalid("network", `server with ID '${server.id}' is not attached to network '${network}'`);
  return entry;
}

/** Locally administered, and the same for the same place in the same network. */
function macOf(network: number, ip: string): string {
  const bytes = [0x86, network & 0xff, ...ip.split(".").map(Number)];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
