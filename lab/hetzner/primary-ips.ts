/** Primary IPs: IPv4 addresses out of the lab's bridge, IPv6 prefixes as text. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { actionRoutes, actionView } from "./action-routes.ts";
import { documentationPrefix } from "./addresses.ts";
import { locationNamed, locations, pick } from "./catalog/catalog.ts";
import { changeNamed, checkUnique, checkUnlocked, checkUnprotected, need, type Cloud } from "./cloud.ts";
import { ApiError, invalid } from "./errors.ts";
import * as input from "./input.ts";
import { specOf } from "./machine.ts";
import { observeAll } from "./observe.ts";
import { list } from "./pagination.ts";
import type { ActionRecord, PrimaryIpRecord, ServerRecord } from "./records.ts";
import { created, get, gone, ok, post, put, remove, type Route } from "./routes.ts";

const firstHost = 10;
const lastHost = 250;

const creation = z.object({
  name: input.name,
  type: z.enum(["ipv4", "ipv6"]),
  location: input.idOrName.nullish(),
  datacenter: input.removedDatacenter,
  assignee_id: input.id.nullish(),
  assignee_type: z.enum(["server", "unassigned"]).nullish(),
  auto_delete: input.flag.nullish(),
  labels: input.labels.nullish(),
});
const assignment = z.object({ assignee_id: input.id, assignee_type: z.literal("server").nullish() });
const pointer = z.object({ ip: input.ip, dns_ptr: z.string().nullish() });

/** A free IPv4 of the lab's bridge; 412 when all are taken. Addresses of machines not yet taken down stay taken. */
export function freeAddress(cloud: Cloud): string {
  const { store, lab } = cloud;
  const taken = new Set([...store.all("primary_ip").map((ip) => ip.ip), ...store.all("server").map((server) => server.address), ...store.all("grave").map((grave) => grave.address)]);
  for (let host = firstHost; host <= lastHost; host++) if (!taken.has(lab.subnet(host))) return lab.subnet(host);
  throw new ApiError("resource_unavailable", `all ${lastHost - firstHost + 1} addresses of the lab are in use`);
}

/** Keeps a new primary IP; `ip` is given when the server's machine already has an address. */
export function newPrimaryIp(cloud: Cloud, fields: Pick<PrimaryIpRecord, "type" | "location" | "assignee" | "autoDelete"> & { name?: string; labels?: Record<string, string>; ip?: string }): PrimaryIpRecord {
  const { name = `primary_ip-${randomBytes(4).readUInt32BE()}`, labels = {}, ip = fields.type === "ipv4" ? freeAddress(cloud) : "", ...rest } = fields;
  const record = cloud.store.insert("primary_ip", { ...rest, name, labels, ip, dnsPtr: [], created: new Date().toISOString(), protection: { delete: false } });
  if (record.type === "ipv4") return record;
  return cloud.store.change("primary_ip", record.id, { ip: documentationPrefix(cloud.lab.number, record.id) })!;
}

export function dnsPtrOf(ip: PrimaryIpRecord): PrimaryIpRecord["dnsPtr"] {
  if (ip.type === "ipv6" || ip.dnsPtr.length > 0) return ip.dnsPtr;
  return [{ ip: ip.ip, dns_ptr: `static.${ip.ip.split(".").reverse().join(".")}.clients.your-server.de` }];
}

export const primaryIpView = (ip: PrimaryIpRecord): object => ({
  id: ip.id,
  name: ip.name,
  labels: ip.labels,
  created: ip.created,
  type: ip.type,
  ip: ip.ip,
  blocked: false,
  dns_ptr: dnsPtrOf(ip),
  location: locationNamed(ip.location),
  assignee_id: ip.assignee,
  assignee_type: ip.assignee === null ? "unassigned" : "server",
  auto_delete: ip.autoDelete,
  protection: ip.protection,
});

/** Sets or clears a reverse name: of the address itself, or of one within an IPv6 prefix. */
export function changeDnsPtr(cloud: Cloud, ips: PrimaryIpRecord[], body: unknown): void {
  const wanted = input.parse(pointer, body);
  const owner = ips.find((ip) => ip.ip === wanted.ip) ?? ips.find((ip) => ip.type === "ipv6" && wanted.ip.startsWith(ip.ip.replace(/::\/64$/, ":")));
  if (!owner) throw invalid("ip", "does not belong to this resource");
  const others = owner.dnsPtr.filter((entry) => entry.ip !== wanted.ip);
  const entry = wanted.dns_ptr ? [{ ip: wanted.ip, dns_ptr: wanted.dns_ptr }] : [];
  cloud.store.change("primary_ip", owner.id, { dnsPtr: [...others, ...entry] });
}

function checkFits(cloud: Cloud, server: ServerRecord, ip: Pick<PrimaryIpRecord, "type" | "location">): void {
  if (server.status !== "off") throw new ApiError("server_not_stopped", "the server must be powered off");
  if (cloud.store.all("primary_ip").some((other) => other.assignee === server.id && other.type === ip.type)) {
    throw new ApiError(`server_has_${ip.type}`, `the server already has an ${ip.type} address`);
  }
  if (server.location !== ip.location) throw invalid("assignee_id", "is a server in another location");
}

/** Gives the machine the address its records now say: that of its primary IPv4, or a hidden one. */
function readdress(cloud: Cloud, server: ServerRecord, ip: PrimaryIpRecord, command: string): ActionRecord {
  const own = cloud.store.all("primary_ip").find((other) => other.assignee === server.id && other.type === "ipv4");
  const address = own?.ip ?? (ip.ip === server.address ? freeAddress(cloud) : server.address);
  const resources = [{ type: "primary_ip", id: ip.id }, { type: "server", id: server.id }];
  if (address === server.address) return cloud.actions.done(command, resources);
  cloud.store.change("server", server.id, { address });
  return cloud.actions.start({
    command,
    resources,
    work: async () => {
      const record = cloud.store.find("server", server.id);
      if (record && (await cloud.machines.state(server.id)) !== "missing") await cloud.machines.resize(specOf(record));
    },
  });
}

function assign(cloud: Cloud, ip: PrimaryIpRecord, serverId: number, command: string): ActionRecord {
  const server = need(cloud, "server", serverId);
  checkUnlocked(cloud, "server", serverId);
  if (ip.assignee !== null) throw new ApiError("primary_ip_already_assigned", "the primary IP is already assigned to a server");
  checkFits(cloud, server, ip);
  cloud.store.change("primary_ip", ip.id, { assignee: serverId });
  return readdress(cloud, server, ip, command);
}

function unassign(cloud: Cloud, ip: PrimaryIpRecord): ActionRecord {
  if (ip.assignee === null) throw new ApiError("service_error", "the primary IP is not assigned");
  const server = need(cloud, "server", ip.assignee);
  checkUnlocked(cloud, "server", server.id);
  if (server.status !== "off") throw new ApiError("server_not_stopped", "the server must be powered off");
  cloud.store.change("primary_ip", ip.id, { assignee: null });
  return readdress(cloud, server, ip, "unassign_primary_ip");
}

function create(cloud: Cloud, body: unknown): { ip: PrimaryIpRecord; action: ActionRecord | undefined } {
  const wanted = input.parse(creation, body);
  checkUnique(cloud, "primary_ip", wanted.name);
  const server = wanted.assignee_id != null ? need(cloud, "server", wanted.assignee_id) : undefined;
  if (!server && !wanted.location) throw invalid("location", "is required without an assignee");
  const location = server?.location ?? pick(locations, wanted.location!)?.name;
  if (!location) throw invalid("location", `'${wanted.location}' not found`);
  const fields = { type: wanted.type, location, assignee: null, autoDelete: wanted.auto_delete ?? false, name: wanted.name, labels: wanted.labels ?? {} };
  const ip = newPrimaryIp(cloud, fields);
  const action = server && assign(cloud, ip, server.id, "assign_primary_ip");
  return { ip: need(cloud, "primary_ip", ip.id), action };
}

export function primaryIpRoutes(cloud: Cloud): Route[] {
  const one = (id: number) => need(cloud, "primary_ip", id);
  const prepare = () => observeAll(cloud);
  const answer = (action: ActionRecord) => created({ action: actionView(action) });
  return [
    get("/primary_ips", (call) =>
      list(call, {
        key: "primary_ips",
        records: cloud.store.all("primary_ip"),
        view: primaryIpView,
        sortable: { id: (ip) => ip.id, created: (ip) => ip.created },
        filters: { name: (ip) => ip.name, ip: (ip) => ip.ip },
        labels: (ip) => ip.labels,
      }),
    ),
    get("/primary_ips/:id", (call) => ok({ primary_ip: primaryIpView(one(call.id)) })),
    { ...post("/primary_ips", (call) => {
      const { ip, action } = create(cloud, call.body);
      return created({ primary_ip: primaryIpView(ip), ...(action && { action: actionView(action) }) });
    }), prepare },
    put("/primary_ips/:id", (call) => {
      const { auto_delete } = input.parse(z.object({ auto_delete: input.flag.nullish() }), call.body);
      const ip = changeNamed(cloud, "primary_ip", call.id, input.parse(input.change, call.body));
      return ok({ primary_ip: primaryIpView(auto_delete == null ? ip : cloud.store.change("primary_ip", call.id, { autoDelete: auto_delete })!) });
    }),
    remove("/primary_ips/:id", (call) => {
      const ip = one(call.id);
      checkUnprotected(ip.protection.delete, "primary IP deletion");
      if (ip.assignee !== null) throw new ApiError("must_be_unassigned", "the primary IP must be unassigned before it can be deleted");
      cloud.store.remove("primary_ip", call.id);
      return gone;
    }),
    { ...post("/primary_ips/:id/actions/assign", (call) => answer(assign(cloud, one(call.id), input.parse(assignment, call.body).assignee_id, "assign_primary_ip"))), prepare },
    { ...post("/primary_ips/:id/actions/unassign", (call) => answer(unassign(cloud, one(call.id)))), prepare },
    post("/primary_ips/:id/actions/change_dns_ptr", (call) => {
      changeDnsPtr(cloud, [one(call.id)], call.body);
      return answer(cloud.actions.done("change_dns_ptr", [{ type: "primary_ip", id: call.id }]));
    }),
    post("/primary_ips/:id/actions/change_protection", (call) => {
      const wanted = input.parse(input.deleteProtection, call.body);
      cloud.store.change("primary_ip", call.id, { protection: { delete: wanted.delete ?? one(call.id).protection.delete } });
      return answer(cloud.actions.done("change_protection", [{ type: "primary_ip", id: one(call.id).id }]));
    }),
    ...actionRoutes(cloud, "/primary_ips", "primary_ip", (id) => cloud.store.find("primary_ip", id) !== undefined),
  ];
}
