/** POST /servers: everything is checked before anything is kept, then the machine is made by actions. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { images, isUnavailable, locationNamed, locations, pick, salesLocations, serverTypes, type Image, type ServerType } from "./catalog/catalog.ts";
import { actionView } from "./action-routes.ts";
import { checkUnique, checkUnlocked, need, type Cloud } from "./cloud.ts";
import { ApiError, invalid } from "./errors.ts";
import { checkFirewallRoom } from "./firewalls.ts";
import * as input from "./input.ts";
import { makeMachine, recordStatus } from "./machine.ts";
import { checkRoom } from "./placement-groups.ts";
import { freeAddress, newPrimaryIp } from "./primary-ips.ts";
import type { ActionRecord, PrimaryIpRecord, ServerRecord } from "./records.ts";
import { attachToNetwork } from "./server-networks.ts";
import { serverView } from "./server-view.ts";
import { attach, checkAttachable } from "./volumes.ts";

export const userData = z.string().refine((text) => Buffer.byteLength(text) <= 32 * 1024, "is longer than 32 KiB");
const creation = z.object({
  name: input.hostname,
  server_type: input.idOrName,
  image: input.idOrName,
  location: input.idOrName.nullish(),
  datacenter: input.removedDatacenter,
  ssh_keys: z.array(input.idOrName).nullish(),
  user_data: userData.nullish(),
  labels: input.labels.nullish(),
  firewalls: z.array(z.object({ firewall: input.id })).nullish(),
  networks: z.array(input.id).nullish(),
  volumes: z.array(input.id).nullish(),
  automount: input.flag.nullish(),
  placement_group: input.id.nullish(),
  start_after_create: input.flag.nullish(),
  public_net: z.object({ enable_ipv4: input.flag.nullish(), enable_ipv6: input.flag.nullish(), ipv4: input.id.nullish(), ipv6: input.id.nullish() }).nullish(),
});
type Creation = z.output<typeof creation>;

/** The type, when it is still sold and sold there; throws invalid_input otherwise. */
export function orderableType(text: string, location?: string): ServerType {
  const type = pick(serverTypes, text);
  if (!type) throw invalid("server_type", `'${text}' not found`);
  if (isUnavailable(type, new Date())) throw invalid("server_type", `${type.name} is deprecated and no longer available`);
  if (location && !salesLocations.some(({ name }) => name === location)) throw invalid("server_type", "unsupported location for server type");
  return type;
}

/** The image an "ID or name" means for an architecture. */
export function imageFor(text: string, architecture: string): Image {
  const image = images.find((candidate) => String(candidate.id) === text) ?? images.find((candidate) => candidate.name === text && candidate.architecture === architecture);
  if (!image) throw invalid("image", `'${text}' not found`);
  if (image.architecture !== architecture) throw invalid("image", `is for ${image.architecture}, the server type is ${architecture}`);
  return image;
}

/** 412 as staged by a placement fault. */
export function checkPlacement(cloud: Cloud, type: string, location: string): void {
  if (cloud.faults.placementFails(type, location)) throw new ApiError("resource_unavailable", "error during placement");
}

function publicKeys(cloud: Cloud, keys: string[]): string[] {
  return keys.map((text) => {
    const key = pick(cloud.store.all("ssh_key"), text);
    if (!key) throw invalid("ssh_keys", `SSH key '${text}' not found`);
    return key.publicKey;
  });
}

function givenIp(cloud: Cloud, id: number, type: "ipv4" | "ipv6", location: string): PrimaryIpRecord {
  const ip = need(cloud, "primary_ip", id);
  if (ip.type !== type) throw new ApiError("primary_ip_version_mismatch", `primary IP '${id}' is not ${type}`);
  if (ip.assignee !== null) throw new ApiError("primary_ip_assigned", `primary IP '${id}' is already assigned`);
  if (ip.location !== location) throw new ApiError("primary_ip_datacenter_mismatch", `primary IP '${id}' is in another location`);
  return ip;
}

/** Which public addresses the server gets: `true` makes a new one, a record is used, `false` means none. */
function publicNet(cloud: Cloud, wanted: Creation, location: string): Record<"ipv4" | "ipv6", boolean | PrimaryIpRecord> {
  const net = wanted.public_net ?? {};
  const choose = (type: "ipv4" | "ipv6") => (net[type] != null ? givenIp(cloud, net[type], type, location) : (net[`enable_${type}`] ?? true));
  const chosen = { ipv4: choose("ipv4"), ipv6: choose("ipv6") };
  const start = wanted.start_after_create ?? true;
  if (start && !chosen.ipv4 && !chosen.ipv6 && !wanted.networks?.length) throw invalid("public_net", "a server without any network interface can't be started");
  return chosen;
}

function checkParts(cloud: Cloud, wanted: Creation, location: string): void {
  for (const [index, id] of (wanted.volumes ?? []).entries()) {
    checkUnlocked(cloud, "volume", need(cloud, "volume", id).id);
    checkAttachable(need(cloud, "volume", id), location, index);
  }
  for (const id of wanted.networks ?? []) need(cloud, "network", id);
  for (const { firewall } of wanted.firewalls ?? []) need(cloud, "firewall", firewall);
  checkFirewallRoom(cloud, { id: 0, labels: wanted.labels ?? {} }, wanted.firewalls?.length ?? 0);
  if (wanted.placement_group != null) checkRoom(cloud, wanted.placement_group);
}

/** Makes the machine. One that is not to boot yet is made at its first poweron; until then its record is the server. */
function make(cloud: Cloud, server: number, boots: boolean): ActionRecord {
  const resources = [{ type: "server", id: server }];
  const failed = () => cloud.store.change("server", server, { status: "off" });
  if (!boots) {
    failed();
    return cloud.actions.done("create_server", resources);
  }
  const work = async () => {
    await makeMachine(cloud, server);
    cloud.store.change("server", server, { status: "starting" });
  };
  return cloud.actions.start({ command: "create_server", resources, work, failed });
}

/** The machine boots as it is made, so this only looks whether it runs once networks and volumes hang on it. */
function confirmStart(cloud: Cloud, server: number): ActionRecord {
  const work = async () => {
    if ((await cloud.machines.state(server)) !== "running") throw new Error("the machine does not run");
    await recordStatus(cloud, server);
  };
  const failed = () => cloud.store.change("server", server, { status: "off" });
  return cloud.actions.start({ command: "start_server", resources: [{ type: "server", id: server }], work, failed });
}

/** The body of the answer 201. */
export function createServer(cloud: Cloud, body: unknown): object {
  const wanted = input.parse(creation, body);
  checkUnique(cloud, "server", wanted.name);
  const location = wanted.location ? pick(locations, wanted.location)?.name : salesLocations[0]!.name;
  if (!location) throw invalid("location", `'${wanted.location}' not found`);
  const type = orderableType(wanted.server_type, location);
  const image = imageFor(wanted.image, type.architecture);
  const keys = publicKeys(cloud, wanted.ssh_keys ?? []);
  const ips = publicNet(cloud, wanted, location);
  checkParts(cloud, wanted, location);
  checkPlacement(cloud, type.name, location);

  const address = typeof ips.ipv4 === "object" ? ips.ipv4.ip : freeAddress(cloud);
  const server = cloud.store.insert("server", {
    name: wanted.name,
    created: new Date().toISOString(),
    labels: wanted.labels ?? {},
    status: "initializing",
    serverType: type.id,
    image: image.id,
    location,
    userData: wanted.user_data ?? "",
    publicKeys: keys,
    address,
    privateNet: [],
    placementGroup: wanted.placement_group ?? null,
    protection: { delete: false, rebuild: false },
    backupWindow: null,
    primaryDiskSize: type.disk,
  });
  assignIps(cloud, server, ips);
  for (const { firewall } of wanted.firewalls ?? []) {
    const record = need(cloud, "firewall", firewall);
    cloud.store.change("firewall", firewall, { appliedTo: [...record.appliedTo, { type: "server", server: { id: server.id } }] });
  }
  const boots = wanted.start_after_create ?? true;
  const action = make(cloud, server.id, boots);
  const next = [
    ...(wanted.networks ?? []).map((network) => attachToNetwork(cloud, server.id, { network })),
    ...(wanted.volumes ?? []).map((volume) => attach(cloud, volume, server.id, wanted.automount ?? false)),
    ...(boots ? [confirmStart(cloud, server.id)] : []),
  ];
  return {
    server: serverView(cloud, need(cloud, "server", server.id)),
    action: actionView(action),
    next_actions: next.map(actionView),
    root_password: keys.length > 0 ? null : randomBytes(15).toString("base64url"),
  };
}

function assignIps(cloud: Cloud, server: ServerRecord, ips: Record<"ipv4" | "ipv6", boolean | PrimaryIpRecord>): void {
  for (const type of ["ipv4", "ipv6"] as const) {
    const ip = ips[type];
    if (typeof ip === "object") cloud.store.change("primary_ip", ip.id, { assignee: server.id });
    else if (ip) newPrimaryIp(cloud, { type, location: locationNamed(server.location).name, assignee: server.id, autoDelete: true, ...(type === "ipv4" && { ip: server.address }) });
  }
}
