/** A server as the API shows it. */
import { images, locationNamed, serverTypes } from "./catalog/catalog.ts";
import { serverTypeView } from "./catalog/routes.ts";
import type { Cloud } from "./cloud.ts";
import { firewallsOf } from "./firewall-rules.ts";
import { imageView } from "./images.ts";
import { placementGroupView } from "./placement-groups.ts";
import { dnsPtrOf } from "./primary-ips.ts";
import type { PrimaryIpRecord, ServerRecord } from "./records.ts";
import { volumesOf } from "./volumes.ts";

const includedTraffic = 20 * 1024 ** 4;

/** `datacenter` is not among the fields: it was removed on 2026-07-01. */
export function serverView(cloud: Cloud, server: ServerRecord): object {
  const image = images.find((candidate) => candidate.id === server.image);
  const group = server.placementGroup === null ? undefined : cloud.store.find("placement_group", server.placementGroup);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    created: server.created,
    labels: server.labels,
    public_net: publicNetView(cloud, server),
    private_net: server.privateNet,
    server_type: serverTypeView(serverTypes.find((candidate) => candidate.id === server.serverType)!),
    location: locationNamed(server.location),
    image: image ? imageView(image) : null,
    iso: null,
    rescue_enabled: false,
    locked: cloud.actions.busy("server", server.id),
    backup_window: server.backupWindow,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: includedTraffic,
    protection: server.protection,
    primary_disk_size: server.primaryDiskSize,
    volumes: volumesOf(cloud, server.id).map((volume) => volume.id),
    load_balancers: [],
    placement_group: group ? placementGroupView(cloud, group) : null,
  };
}

function publicNetView(cloud: Cloud, server: ServerRecord): object {
  const ips = cloud.store.all("primary_ip").filter((ip) => ip.assignee === server.id);
  const view = (ip: PrimaryIpRecord | undefined, pointer: (ip: PrimaryIpRecord) => unknown) =>
    ip ? { id: ip.id, ip: ip.ip, blocked: false, dns_ptr: pointer(ip) } : null;
  const applied = ips.length > 0 ? firewallsOf(cloud.store.all("firewall"), server) : [];
  return {
    ipv4: view(ips.find((ip) => ip.type === "ipv4"), (ip) => dnsPtrOf(ip)[0]!.dns_ptr),
    ipv6: view(ips.find((ip) => ip.type === "ipv6"), dnsPtrOf),
    floating_ips: [],
    firewalls: applied.map((firewall) => ({ id: firewall.id, status: isPending(cloud, firewall.id, server.id) ? "pending" : "applied" })),
  };
}

const isPending = (cloud: Cloud, firewall: number, server: number) =>
  cloud.store.all("action").some(({ status, command, resources }) =>
    status === "running" && command === "apply_firewall" && resources.some(({ type, id }) => type === "firewall" && id === firewall) && resources.some(({ type, id }) => type === "server" && id === server));
