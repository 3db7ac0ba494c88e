/** Random sequences of calls: none may end in 500, and whatever happens, nothing stays attached to what is gone. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Machines } from "../../../lab/machines/types.ts";
import { openTestCloud, type Reply, type TestCloud } from "./cloud.ts";
import { recordingMachines } from "./recording-machines.ts";

const staged = "staged failure";
/** What follows from a staged failure, and from nothing else. */
const consequences = [staged, /^the machine does not run$/, /^no volume \d+$/];

type Step = { verb: string; a: number; b: number; wait: boolean };

const paths = ["servers", "volumes", "networks", "firewalls", "primary_ips"] as const;
const failing: (keyof Machines)[] = ["create", "attachVolume", "attachNetwork", "detachVolume", "start", "createVolume", "createNetwork"];

async function ids(cloud: TestCloud, path: string): Promise<number[]> {
  return (await cloud.call("GET", `/${path}?per_page=50`)).body[path].map((record: { id: number }) => record.id);
}

/** An existing id, chosen by number; an id of nothing when there is none. */
const choose = async (cloud: TestCloud, path: string, number: number) => {
  const known = await ids(cloud, path);
  return known[number % known.length] ?? 4;
};

const verbs: Record<string, (cloud: TestCloud, a: number, b: number) => Promise<Reply | void>> = {
  createServer: async (cloud, a, b) =>
    cloud.call("POST", "/servers", {
      name: `server-${a}`,
      server_type: "cx23",
      image: "debian-13",
      location: "nbg1",
      start_after_create: b % 4 !== 0,
      networks: b % 3 === 0 ? [await choose(cloud, "networks", b)] : [],
      volumes: b % 5 === 0 ? [await choose(cloud, "volumes", b)] : [],
      firewalls: b % 7 === 0 ? [{ firewall: await choose(cloud, "firewalls", b) }] : [],
    }),
  createVolume: async (cloud, a, b) => cloud.call("POST", "/volumes", { name: `volume-${a}`, size: 10, ...(b % 2 ? { location: "nbg1" } : { server: await choose(cloud, "servers", b) }) }),
  createNetwork: (cloud, a, b) => cloud.call("POST", "/networks", { name: `network-${a}`, ip_range: `10.${b}.0.0/16`, subnets: [{ type: "cloud", network_zone: "eu-central" }] }),
  createFirewall: (cloud, a, b) => cloud.call("POST", "/firewalls", { name: `firewall-${a}`, rules: [{ direction: "in", protocol: "tcp", port: String(b + 1), source_ips: ["0.0.0.0/0"] }] }),
  createIp: (cloud, a) => cloud.call("POST", "/primary_ips", { name: `ip-${a}`, type: "ipv4", location: "nbg1" }),
  attachVolume: async (cloud, a, b) => cloud.call("POST", `/volumes/${await choose(cloud, "volumes", a)}/actions/attach`, { server: await choose(cloud, "servers", b) }),
  detachVolume: async (cloud, a) => cloud.call("POST", `/volumes/${await choose(cloud, "volumes", a)}/actions/detach`),
  attachNetwork: async (cloud, a, b) => cloud.call("POST", `/servers/${await choose(cloud, "servers", a)}/actions/attach_to_network`, { network: await choose(cloud, "networks", b) }),
  detachNetwork: async (cloud, a, b) => cloud.call("POST", `/servers/${await choose(cloud, "servers", a)}/actions/detach_from_network`, { network: await choose(cloud, "networks", b) }),
  applyFirewall: async (cloud, a, b) => cloud.call("POST", `/firewalls/${await choose(cloud, "firewalls", a)}/actions/apply_to_resources`, { apply_to: [{ type: "server", server: { id: await choose(cloud, "servers", b) } }] }),
  power: async (cloud, a, b) => cloud.call("POST", `/servers/${await choose(cloud, "servers", a)}/actions/${["poweron", "poweroff", "shutdown", "reboot", "reset"][b % 5]}`),
  rebuild: async (cloud, a) => cloud.call("POST", `/servers/${await choose(cloud, "servers", a)}/actions/rebuild`, { image: "debian-12" }),
  assignIp: async (cloud, a, b) => cloud.call("POST", `/primary_ips/${await choose(cloud, "primary_ips", a)}/actions/assign`, { assignee_id: await choose(cloud, "servers", b), assignee_type: "server" }),
  unassignIp: async (cloud, a) => cloud.call("POST", `/primary_ips/${await choose(cloud, "primary_ips", a)}/actions/unassign`),
  kill: async (cloud, a) => {
    const running = [...cloud.machines.made.values()].filter((machine) => machine.running);
    if (running.length > 0) await cloud.machines.kill(running[a % running.length]!.spec.id);
  },
  delete: async (cloud, a, b) => {
    const path = paths[a % paths.length]!;
    return cloud.call("DELETE", `/${path}/${await choose(cloud, path, b)}`);
  },
  fail: async (cloud, a) => cloud.machines.failNext(failing[a % failing.length]!, staged),
};

async function checkConsistent(cloud: TestCloud): Promise<void> {
  await cloud.hetzner.idle();
  const [servers, volumes, networks, ips] = await Promise.all(["servers", "volumes", "networks", "primary_ips"].map(async (path) => (await cloud.call("GET", `/${path}?per_page=50`)).body[path]));
  const byId = new Map<number, any>(servers.map((server: any) => [server.id, server]));
  for (const volume of volumes) {
    if (volume.server !== null) expect(byId.get(volume.server)?.volumes).toContain(volume.id);
    const real = cloud.machines.volumes.get(volume.id);
    if (real && real.machine !== null) expect(real.machine).toBe(volume.server);
  }
  for (const network of networks) for (const id of network.servers) expect(byId.get(id)?.private_net.map((net: any) => net.network)).toContain(network.id);
  for (const ip of ips) if (ip.assignee_id !== null) expect(byId.has(ip.assignee_id)).toBe(true);
  for (const [id, machine] of cloud.machines.made) {
    const server = byId.get(id);
    expect(server, `machine ${id} outlived its server`).toBeDefined();
    if (server.public_net.ipv4) expect(machine.spec.ipv4).toBe(server.public_net.ipv4.ip);
    expect([...machine.networks.keys()].toSorted()).toEqual(server.private_net.map((net: any) => net.network).toSorted());
  }
  const addresses = [...cloud.machines.made.values()].map((machine) => machine.spec.ipv4);
  expect(new Set(addresses).size).toBe(addresses.length);
}

async function checkActions(cloud: TestCloud): Promise<void> {
  const actions = await Promise.all(paths.map(async (path) => (await cloud.call("GET", `/${path}/actions?status=error&per_page=50`)).body.actions));
  for (const action of actions.flat()) expect(consequences.some((known) => action.error.message.match(known)), JSON.stringify(action)).toBe(true);
}

async function removeAll(cloud: TestCloud): Promise<void> {
  cloud.machines.failNext("create", staged);
  for (const id of await ids(cloud, "servers")) await cloud.must("DELETE", `/servers/${id}`);
  for (const path of ["volumes", "networks", "firewalls", "primary_ips"]) for (const id of await ids(cloud, path)) await cloud.must("DELETE", `/${path}/${id}`);
  expect(cloud.machines.made.size).toBe(0);
  expect([...cloud.machines.networks]).toEqual([]);
  expect([...cloud.machines.volumes]).toEqual([]);
}

const step: fc.Arbitrary<Step> = fc.record({ verb: fc.constantFrom(...Object.keys(verbs)), a: fc.nat(7), b: fc.nat(30), wait: fc.boolean() });

it("never answers 5xx and leaks nothing, whatever is asked in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: "max" }), async (steps) => {
      const cloud = await openTestCloud({ machines: recordingMachines(1) });
      try {
        for (const { verb, a, b, wait } of steps) {
          const reply = await verbs[verb]!(cloud, a, b);
          if (reply) expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(500);
          if (reply && reply.status >= 400) expect(reply.body.error).toHaveProperty("details");
          if (wait) await cloud.hetzner.idle();
        }
        await checkConsistent(cloud);
        await checkActions(cloud);
        await removeAll(cloud);
      } finally {
        await cloud.hetzner.close();
      }
    }),
    { numRuns: Number(process.env["RANDOM_RUNS"] ?? 12), endOnFailure: true },
  );
});
