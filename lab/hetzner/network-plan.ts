/** The rules of private networks: which ranges fit, which addresses are free. Pure. */
import * as net from "./addresses.ts";
import { networkZones } from "./catalog/catalog.ts";
import { ApiError, invalid } from "./errors.ts";
import type { NetworkRecord, ServerRecord, Subnet } from "./records.ts";

type Shape = Pick<NetworkRecord, "ipRange" | "subnets" | "routes">;

/** Gateway of a network's public interface on real servers; no route may touch it. */
const publicGateway = net.rangeOf("172.31.1.1/32");
const smallestNetwork = 24;
const smallestSubnet = 30;

/** The router's address: the first of the network's range, for all subnets. */
export const gatewayOf = (ipRange: string): string => net.toText(net.rangeOf(ipRange).first + 1);

/** Machines get the whole network's prefix, so that subnets reach each other without the router that Hetzner has there. */
export const attachmentPrefix = (network: Shape): number => net.rangeOf(network.ipRange).prefix;

/** Throws invalid_input unless the range can hold a network with its subnets. */
export function checkNetworkRange(ipRange: string, subnets: Subnet[]): void {
  const range = checkedRange(ipRange, "ip_range");
  if (!net.isPrivate(range)) throw invalid("ip_range", "is not within a private range of RFC 1918");
  if (range.prefix > smallestNetwork) throw invalid("ip_range", `is smaller than /${smallestNetwork}`);
  if (subnets.some((subnet) => !net.contains(range, net.rangeOf(subnet.ip_range)))) throw invalid("ip_range", "does not span all subnets");
}

/** The subnet as it will stand in the network; without a range it gets the first free /24. */
export function planSubnet(network: Shape, wanted: { type: Subnet["type"]; ip_range?: string | null; network_zone: string; vswitch_id?: number | null }): Subnet {
  if (!networkZones.includes(wanted.network_zone)) throw invalid("network_zone", `is none of ${networkZones.join(", ")}`);
  if ((wanted.type === "vswitch") !== (wanted.vswitch_id != null)) throw invalid("vswitch_id", "goes with type vswitch, and only with it");
  const outer = net.rangeOf(network.ipRange);
  const taken = [...network.subnets.map((subnet) => net.rangeOf(subnet.ip_range)), ...routeRanges(network)];
  const range = wanted.ip_range ? checkedRange(wanted.ip_range, "ip_range") : net.freeBlock(outer, 24, taken);
  if (!range) throw new ApiError("service_error", "no free /24 left in the network");
  if (!net.contains(outer, range)) throw invalid("ip_range", "is not within the network's range");
  if (range.prefix > smallestSubnet) throw invalid("ip_range", `is smaller than /${smallestSubnet}`);
  if (taken.some((other) => net.overlaps(other, range))) throw invalid("ip_range", "overlaps with a subnet or a route");
  return {
    type: wanted.type,
    ip_range: `${net.toText(range.first)}/${range.prefix}`,
    network_zone: wanted.network_zone,
    gateway: gatewayOf(network.ipRange),
    vswitch_id: wanted.vswitch_id ?? null,
  };
}

/** Throws invalid_input unless the route can be added. */
export function checkRoute(network: Shape, route: { destination: string; gateway: string }): void {
  const range = checkedRange(route.destination, "destination");
  const isDefault = route.destination === "0.0.0.0/0";
  if (!isDefault && !net.isPrivate(range)) throw invalid("destination", "is neither private (RFC 1918) nor 0.0.0.0/0");
  const subnets = network.subnets.map((subnet) => net.rangeOf(subnet.ip_range));
  if (!isDefault && [...subnets, ...routeRanges(network), publicGateway].some((other) => net.overlaps(other, range))) {
    throw invalid("destination", "overlaps with a subnet, a route or 172.31.1.1");
  }
  if (network.routes.some((other) => other.destination === route.destination)) throw invalid("destination", "has a route already");
  const gateway = net.toNumber(route.gateway);
  if (!net.contains(net.rangeOf(network.ipRange), { first: gateway, last: gateway, prefix: 32 })) throw invalid("gateway", "is not within the network's range");
  if (route.gateway === gatewayOf(network.ipRange)) throw invalid("gateway", "is the network's own gateway");
}

/** All addresses in use in a network. */
export const takenIn = (network: number, servers: readonly ServerRecord[]): string[] =>
  servers.flatMap((server) => server.privateNet.filter((entry) => entry.network === network).flatMap((entry) => [entry.ip, ...entry.alias_ips]));

/** The address a server gets: the one asked for, or the first free one of a subnet in its zone. */
export function chooseAddress(network: Shape, taken: string[], zone: string, wanted: { ip?: string | null; ip_range?: string | null }): string {
  const subnets = network.subnets.filter(
    (subnet) => subnet.network_zone === zone && subnet.type !== "vswitch" && (!wanted.ip_range || subnet.ip_range === wanted.ip_range),
  );
  if (subnets.length === 0) throw new ApiError("no_subnet_available", "no subnet is available for the server in the network");
  const used = new Set([...taken, gatewayOf(network.ipRange)].map(net.toNumber));
  const isFree = (address: number, { first, last }: net.Range) => address > first && address < last && !used.has(address);
  const ranges = subnets.map((subnet) => net.rangeOf(subnet.ip_range));
  if (wanted.ip) {
    const address = net.toNumber(wanted.ip);
    if (!ranges.some((range) => isFree(address, range))) throw new ApiError("ip_not_available", `IP ${wanted.ip} is not available in the network`);
    return wanted.ip;
  }
  for (const range of ranges) {
    for (let address = range.first + 1; address < range.last; address++) if (isFree(address, range)) return net.toText(address);
  }
  throw new ApiError("no_subnet_available", "no IP is left in the network's subnets");
}

/** Throws unless every alias lies in a subnet, free, and once. */
export function checkAliases(network: Shape, taken: string[], aliases: string[]): void {
  for (const [index, alias] of aliases.entries()) {
    const address = net.toNumber(alias);
    const inside = network.subnets.some((subnet) => net.contains(net.rangeOf(subnet.ip_range), { first: address, last: address, prefix: 32 }));
    if (!inside || taken.includes(alias) || aliases.indexOf(alias) !== index || alias === gatewayOf(network.ipRange)) {
      throw new ApiError("ip_not_available", `IP ${alias} is not available in the network`);
    }
  }
}

const routeRanges = (network: Shape) => network.routes.filter((route) => route.destination !== "0.0.0.0/0").map((route) => net.rangeOf(route.destination));

function checkedRange(text: string, field: string): net.Range {
  if (!net.isIpv4Cidr(text)) throw invalid(field, "is not an IPv4 range in CIDR notation");
  if (net.hasHostBits(text)) throw invalid(field, "has host bits set");
  return net.rangeOf(text);
}
