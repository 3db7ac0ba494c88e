/** Private networks, their subnets and routes. */
import { z } from "zod";
import { actionRoutes, actionView } from "./action-routes.ts";
import { contains, isIpv4, rangeOf, toNumber } from "./addresses.ts";
import { changeNamed, checkUnique, checkUnprotected, need, type Cloud } from "./cloud.ts";
import { ApiError, invalid, notFound } from "./errors.ts";
import * as input from "./input.ts";
import { checkNetworkRange, checkRoute, gatewayOf, planSubnet, takenIn } from "./network-plan.ts";
import { list } from "./pagination.ts";
import type { NetworkRecord, Subnet } from "./records.ts";
import { created, get, gone, ok, post, put, remove, type Route } from "./routes.ts";

const ipv4 = z.string().refine(isIpv4, "is not an IPv4 address");
const subnetInput = z.object({ type: z.enum(["cloud", "server", "vswitch"]), ip_range: z.string().nullish(), network_zone: z.string(), vswitch_id: z.int().nullish() });
const routeInput = z.object({ destination: z.string(), gateway: ipv4 });
const exposure = z.object({ expose_routes_to_vswitch: input.flag.nullish() });
const creation = exposure.extend({
  name: input.name,
  ip_range: z.string(),
  labels: input.labels.nullish(),
  subnets: z.array(subnetInput).nullish(),
  routes: z.array(routeInput).nullish(),
});

const attachedTo = (cloud: Cloud, network: number) => cloud.store.all("server").filter((server) => server.privateNet.some((entry) => entry.network === network));

export function networkView(cloud: Cloud, network: NetworkRecord): object {
  const { id, name, labels, protection, subnets, routes } = network;
  return {
    id,
    name,
    labels,
    protection,
    subnets,
    routes,
    created: network.created,
    ip_range: network.ipRange,
    expose_routes_to_vswitch: network.exposeRoutesToVswitch,
    servers: attachedTo(cloud, id).map((server) => server.id),
    load_balancers: [],
  };
}

function create(cloud: Cloud, body: unknown): NetworkRecord {
  const wanted = input.parse(creation, body);
  checkUnique(cloud, "network", wanted.name);
  checkNetworkRange(wanted.ip_range, []);
  const shape = { ipRange: wanted.ip_range, subnets: [] as Subnet[], routes: [] as NetworkRecord["routes"] };
  for (const subnet of wanted.subnets ?? []) shape.subnets.push(planSubnet(shape, subnet));
  for (const route of wanted.routes ?? []) {
    checkRoute(shape, route);
    shape.routes.push(route);
  }
  const network = cloud.store.insert("network", {
    ...shape,
    name: wanted.name,
    labels: wanted.labels ?? {},
    created: new Date().toISOString(),
    exposeRoutesToVswitch: wanted.expose_routes_to_vswitch ?? false,
    protection: { delete: false },
  });
  cloud.actions.background([{ type: "network", id: network.id }], `making network ${network.id}`, () => cloud.networkReady(network.id));
  return network;
}

/** Servers still attached are detached, as by the real API. */
function destroy(cloud: Cloud, network: NetworkRecord): void {
  checkUnprotected(network.protection.delete, "network deletion");
  const servers = attachedTo(cloud, network.id);
  for (const server of servers) {
    cloud.store.change("server", server.id, { privateNet: server.privateNet.filter((entry) => entry.network !== network.id) });
  }
  cloud.store.remove("network", network.id);
  const resources = [{ type: "network", id: network.id }, ...servers.map((server) => ({ type: "server", id: server.id }))];
  cloud.actions.background(resources, `removing network ${network.id}`, async () => {
    for (const server of servers) {
      if ((await cloud.machines.state(server.id)) !== "missing") await cloud.machines.detachNetwork(server.id, network.id);
    }
    await cloud.machines.destroyNetwork(network.id);
  });
}

function deleteSubnet(cloud: Cloud, network: NetworkRecord, ipRange: string): void {
  const subnet = network.subnets.find((candidate) => candidate.ip_range === ipRange);
  if (!subnet) throw notFound("subnet", ipRange);
  const range = rangeOf(ipRange);
  const isInside = (ip: string) => contains(range, { first: toNumber(ip), last: toNumber(ip), prefix: 32 });
  if (takenIn(network.id, cloud.store.all("server")).some(isInside)) throw new ApiError("service_error", "cannot remove subnet because servers are attached to it");
  cloud.store.change("network", network.id, { subnets: network.subnets.filter((candidate) => candidate !== subnet) });
}

export function networkRoutes(cloud: Cloud): Route[] {
  const one = (id: number) => need(cloud, "network", id);
  const view = (network: NetworkRecord) => networkView(cloud, network);
  /** A change of records on one network, answered by its action. */
  const change = (command: string, work: (network: NetworkRecord, body: unknown) => void) =>
    post(`/networks/:id/actions/${command}`, (call) => {
      work(one(call.id), call.body);
      return created({ action: actionView(cloud.actions.done(command, [{ type: "network", id: call.id }])) });
    });
  return [
    get("/networks", (call) =>
      list(call, {
        key: "networks",
        records: cloud.store.all("network"),
        view,
        sortable: { id: (network) => network.id, name: (network) => network.name, created: (network) => network.created },
        filters: { name: (network) => network.name },
        labels: (network) => network.labels,
      }),
    ),
    get("/networks/:id", (call) => ok({ network: view(one(call.id)) })),
    post("/networks", (call) => created({ network: view(create(cloud, call.body)) })),
    put("/networks/:id", (call) => {
      const { expose_routes_to_vswitch: exposed } = input.parse(exposure, call.body);
      const network = changeNamed(cloud, "network", call.id, input.parse(input.change, call.body));
      return ok({ network: view(exposed == null ? network : cloud.store.change("network", call.id, { exposeRoutesToVswitch: exposed })!) });
    }),
    remove("/networks/:id", (call) => {
      destroy(cloud, one(call.id));
      return gone;
    }),
    change("add_subnet", (network, body) => {
      const subnet = planSubnet(network, input.parse(subnetInput, body));
      cloud.store.change("network", network.id, { subnets: [...network.subnets, subnet] });
    }),
    change("delete_subnet", (network, body) => deleteSubnet(cloud, network, input.parse(z.object({ ip_range: z.string() }), body).ip_range)),
    change("add_route", (network, body) => {
      const route = input.parse(routeInput, body);
      checkRoute(network, route);
      cloud.store.change("network", network.id, { routes: [...network.routes, route] });
    }),
    change("delete_route", (network, body) => {
      const route = input.parse(routeInput, body);
      const kept = network.routes.filter((other) => other.destination !== route.destination || other.gateway !== route.gateway);
      if (kept.length === network.routes.length) throw notFound("route", route.destination);
      cloud.store.change("network", network.id, { routes: kept });
    }),
    change("change_ip_range", (network, body) => {
      const { ip_range: ipRange } = input.parse(z.object({ ip_range: z.string() }), body);
      checkNetworkRange(ipRange, network.subnets);
      if (!contains(rangeOf(ipRange), rangeOf(network.ipRange))) throw invalid("ip_range", "can only be extended, not reduced");
      const gateway = gatewayOf(ipRange);
      cloud.store.change("network", network.id, { ipRange, subnets: network.subnets.map((subnet) => ({ ...subnet, gateway })) });
    }),
    change("change_protection", (network, body) => {
      const wanted = input.parse(input.deleteProtection, body);
      cloud.store.change("network", network.id, { protection: { delete: wanted.delete ?? network.protection.delete } });
    }),
    ...actionRoutes(cloud, "/networks", "network", (id) => cloud.store.find("network", id) !== undefined),
  ];
}
