/** What a restart of the lab keeps, mends and finishes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestCloud, type TestCloud } from "./cloud.ts";
import { recordingMachines } from "./recording-machines.ts";

let folder: string;
let cloud: TestCloud;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hetzner-"));
  cloud = await openTestCloud({ database: open() });
});
afterEach(async () => {
  await cloud.hetzner.close();
  rmSync(folder, { recursive: true });
});

const open = () => new DatabaseSync(join(folder, "state.sqlite"));
const order = { name: "host", server_type: "cx23", image: "debian-13", location: "nbg1" };

async function restart(machines = recordingMachines()): Promise<void> {
  await cloud.hetzner.close();
  cloud.lab.database.close();
  cloud = await openTestCloud({ database: open(), machines, token: cloud.token });
}

async function build() {
  const { network } = await cloud.must("POST", "/networks", { name: "inner", ip_range: "10.0.0.0/16", subnets: [{ type: "cloud", network_zone: "eu-central", ip_range: "10.0.1.0/24" }] });
  const { firewall } = await cloud.must("POST", "/firewalls", { name: "wall", rules: [{ direction: "in", protocol: "tcp", port: "443", source_ips: ["10.77.7.2/32"] }] });
  const { server } = await cloud.must("POST", "/servers", { ...order, networks: [network.id], firewalls: [{ firewall: firewall.id }] });
  const { volume } = await cloud.must("POST", "/volumes", { name: "data", size: 10, server: server.id, automount: true });
  const { server: idle } = await cloud.must("POST", "/servers", { ...order, name: "idle" });
  await cloud.must("POST", `/servers/${idle.id}/actions/poweroff`);
  return { network: network.id, server: server.id, volume: volume.id, idle: idle.id };
}

it("reads the same after a restart as before", async () => {
  const { server } = await build();
  const paths = ["/servers", "/networks", "/volumes", "/firewalls", "/primary_ips", `/servers/${server}/actions`];
  const read = () => Promise.all(paths.map(async (path) => (await cloud.call("GET", path)).body));
  const before = await read();
  await restart(cloud.machines);
  expect(await read()).toEqual(before);
  expect((await cloud.must("POST", "/networks", { name: "next", ip_range: "10.9.0.0/16" })).network.id).toBeGreaterThan(before[0].servers[1].id);
});

it("brings machines back that are gone, and leaves off what was off", async () => {
  const { network, server, volume, idle } = await build();
  const machines = recordingMachines();
  await machines.createVolume(volume, 10, "ext4");
  await restart(machines);
  await cloud.hetzner.resume();
  const machine = machines.made.get(server)!;
  expect([...machines.made.keys()]).toEqual([server]);
  expect(machine.networks.get(network)!.ip).toBe("10.0.1.1/16");
  expect(machine.rules).toHaveLength(1);
  expect(machines.volumes.get(volume)!.machine).toBe(server);
  expect((await cloud.call("GET", `/servers/${idle}`)).body.server.status).toBe("off");
});

it("starts machines again that stopped with the lab", async () => {
  const { server } = await build();
  const { machines } = cloud;
  await cloud.hetzner.close();
  await machines.stop(server);
  await restart(machines);
  await cloud.hetzner.resume();
  expect(machines.made.get(server)!.running).toBe(true);
  expect((await cloud.call("GET", `/servers/${server}`)).body.server.status).toBe("running");
});

it("ends actions that the stop cut off, and finishes deletions", async () => {
  const { server } = await build();
  const { machines } = cloud;
  machines.failNext("destroy", "device busy", 4);
  await cloud.must("DELETE", `/servers/${server}`);
  expect(machines.made.has(server)).toBe(true);
  const started = new Date().toISOString();
  const cut = { command: "reboot_server", status: "running", progress: 0, started, finished: null, error: null, resources: [] };
  cloud.lab.database.prepare("INSERT INTO hetzner_action (id, record) VALUES (99999, ?)").run(JSON.stringify({ ...cut, id: 99999 }));
  await restart(machines);
  await cloud.hetzner.resume();
  expect(machines.made.has(server)).toBe(false);
  expect((await cloud.call("GET", "/actions/99999")).body.action).toMatchObject({ status: "error", error: { code: "action_failed" } });
});

it("leaves nothing after a reset", async () => {
  await build();
  const { machines } = cloud;
  await cloud.hetzner.reset();
  expect([machines.made.size, machines.volumes.size, machines.networks.size]).toEqual([0, 0, 0]);
  for (const path of ["servers", "networks", "volumes", "firewalls", "primary_ips"]) expect((await cloud.call("GET", `/${path}`)).body[path]).toEqual([]);
  expect((await cloud.must("POST", "/networks", { name: "inner", ip_range: "10.0.0.0/16" })).network.id).toBeGreaterThan(1000);
  expect(machines.networks.size).toBe(1);
});
