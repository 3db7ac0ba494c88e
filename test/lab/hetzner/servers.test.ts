import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestCloud, type TestCloud } from "./cloud.ts";
import { recordingMachines } from "./recording-machines.ts";

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await openTestCloud();
});
afterEach(() => cloud.hetzner.close());

const order = { name: "shop", server_type: "cx23", image: "docker-ce", location: "nbg1" };

it("answers a create at once and finishes it when the machine runs", async () => {
  const { status, body } = await cloud.call("POST", "/servers", { ...order, user_data: "#cloud-config\n", labels: { role: "host" } });
  expect(status).toBe(201);
  expect(body.server).toMatchObject({ name: "shop", status: "initializing", public_net: { ipv4: { ip: "10.77.7.10" } } });
  expect(body.server).not.toHaveProperty("datacenter");
  expect(body.root_password).toMatch(/^.{20}$/);
  expect([body.action, ...body.next_actions].map((action) => [action.command, action.status])).toEqual([["create_server", "running"], ["start_server", "running"]]);
  await cloud.hetzner.idle();
  const { body: polled } = await cloud.call("GET", `/actions?id=${body.action.id}&id=${body.next_actions[0].id}&page=1&sort=status&sort=id`);
  expect(polled.actions.map((action: { status: string }) => action.status)).toEqual(["success", "success"]);
  expect((await cloud.call("GET", `/servers/${body.server.id}`)).body.server.status).toBe("running");
  expect(cloud.machines.made.get(body.server.id)!.spec).toEqual({
    id: body.server.id, name: "shop", ipv4: "10.77.7.10", image: "docker-ce", cores: 2, memoryGigabytes: 4, diskGigabytes: 40,
    userData: "#cloud-config\n", publicKeys: [], labels: { role: "host" },
  });
});

it("says in the action what the machine said when it could not be made", async () => {
  cloud.machines.failNext("create", "no space left on device");
  const { body } = await cloud.call("POST", "/servers", order);
  await cloud.hetzner.idle();
  const { action } = (await cloud.call("GET", `/actions/${body.action.id}`)).body;
  expect(action).toMatchObject({ status: "error", error: { code: "action_failed", message: "no space left on device" } });
  expect((await cloud.call("GET", `/servers/${body.server.id}`)).body.server.status).toBe("off");
});

it("refuses a second change while one is under way", async () => {
  await cloud.hetzner.close();
  cloud = await openTestCloud({ machines: recordingMachines(300) });
  const { body } = await cloud.call("POST", "/servers", order);
  const second = await cloud.call("POST", `/servers/${body.server.id}/actions/poweroff`);
  expect([second.status, second.body.error.code]).toEqual([423, "locked"]);
});

it("follows the machine through power off, on, reboot and a death nobody asked for", async () => {
  const { server } = await cloud.must("POST", "/servers", order);
  const status = async () => (await cloud.call("GET", `/servers?name=shop`)).body.servers[0].status;
  await cloud.must("POST", `/servers/${server.id}/actions/shutdown`);
  expect(await status()).toBe("off");
  await cloud.must("POST", `/servers/${server.id}/actions/poweron`);
  expect(await status()).toBe("running");
  await cloud.must("POST", `/servers/${server.id}/actions/reboot`);
  await cloud.must("POST", `/servers/${server.id}/actions/reset`);
  await cloud.machines.kill(server.id);
  await expect.poll(status, { timeout: 3_000 }).toBe("off");
});

it("gives back everything when a server is deleted", async () => {
  const network = (await cloud.must("POST", "/networks", { name: "inner", ip_range: "10.0.0.0/16", subnets: [{ type: "cloud", network_zone: "eu-central", ip_range: "10.0.1.0/24" }] })).network;
  const volume = (await cloud.must("POST", "/volumes", { name: "data", size: 10, location: "nbg1", format: "ext4" })).volume;
  const firewall = (await cloud.must("POST", "/firewalls", { name: "wall" })).firewall;
  const { server } = await cloud.must("POST", "/servers", { ...order, networks: [network.id], volumes: [volume.id], firewalls: [{ firewall: firewall.id }] });
  expect(cloud.machines.made.get(server.id)!.networks.get(network.id)!.ip).toBe("10.0.1.1/16");
  expect(cloud.machines.volumes.get(volume.id)!.machine).toBe(server.id);
  expect(cloud.machines.made.get(server.id)!.rules).toEqual([]);

  const reply = await cloud.call("DELETE", `/servers/${server.id}`);
  expect([reply.status, reply.body.action.command]).toEqual([200, "delete_server"]);
  await cloud.hetzner.idle();
  expect((await cloud.call("GET", `/servers/${server.id}`)).body.error.code).toBe("not_found");
  expect(cloud.machines.made.size).toBe(0);
  expect((await cloud.call("GET", "/primary_ips")).body.primary_ips).toEqual([]);
  expect((await cloud.call("GET", `/volumes/${volume.id}`)).body.volume.server).toBeNull();
  expect((await cloud.call("GET", `/networks/${network.id}`)).body.network.servers).toEqual([]);
  await cloud.must("DELETE", `/firewalls/${firewall.id}`);
  expect((await cloud.must("POST", "/servers", order)).server.public_net.ipv4.ip).toBe("10.77.7.10");
});

it("protects a server until protection is taken off", async () => {
  const { server } = await cloud.must("POST", "/servers", order);
  const protect = (value: boolean) => cloud.must("POST", `/servers/${server.id}/actions/change_protection`, { delete: value, rebuild: value });
  await protect(true);
  expect((await cloud.call("DELETE", `/servers/${server.id}`)).body.error).toEqual({ code: "protected", message: "server deletion is protected", details: null });
  expect((await cloud.call("POST", `/servers/${server.id}/actions/rebuild`, { image: "debian-13" })).status).toBe(423);
  await protect(false);
  await cloud.must("POST", `/servers/${server.id}/actions/rebuild`, { image: "debian-13" });
  expect(cloud.machines.made.get(server.id)!.spec.image).toBe("debian-13");
});

it("rescales a stopped server, keeping its disk unless asked", async () => {
  const { server } = await cloud.must("POST", "/servers", order);
  const change = (body: object) => cloud.call("POST", `/servers/${server.id}/actions/change_type`, body);
  expect((await change({ server_type: "cx33", upgrade_disk: false })).body.error.code).toBe("server_not_stopped");
  await cloud.must("POST", `/servers/${server.id}/actions/poweroff`);
  expect((await change({ server_type: "cax11", upgrade_disk: false })).body.error.code).toBe("invalid_server_type");
  expect((await change({ server_type: "cx33", upgrade_disk: false })).status).toBe(201);
  await cloud.hetzner.idle();
  expect(cloud.machines.made.get(server.id)!.spec).toMatchObject({ cores: 4, memoryGigabytes: 8, diskGigabytes: 40 });
  expect((await cloud.call("GET", `/servers/${server.id}`)).body.server).toMatchObject({ server_type: { name: "cx33" }, primary_disk_size: 40, status: "off" });
});

it("moves a primary IP between stopped servers", async () => {
  const { server: first } = await cloud.must("POST", "/servers", order);
  const { primary_ip: ip } = await cloud.must("POST", "/primary_ips", { name: "own", type: "ipv4", location: "nbg1" });
  expect(ip).toMatchObject({ ip: "10.77.7.11", assignee_id: null, assignee_type: "unassigned" });
  const assign = () => cloud.call("POST", `/primary_ips/${ip.id}/actions/assign`, { assignee_id: first.id, assignee_type: "server" });
  expect((await assign()).body.error.code).toBe("server_not_stopped");
  await cloud.must("POST", `/servers/${first.id}/actions/poweroff`);
  expect((await assign()).body.error.code).toBe("server_has_ipv4");
  await cloud.must("POST", `/primary_ips/${first.public_net.ipv4.id}/actions/unassign`);
  expect((await assign()).status).toBe(201);
  await cloud.hetzner.idle();
  expect(cloud.machines.made.get(first.id)!.spec.ipv4).toBe("10.77.7.11");
  expect((await cloud.call("DELETE", `/primary_ips/${ip.id}`)).body.error.code).toBe("must_be_unassigned");
  await cloud.must("DELETE", `/servers/${first.id}`);
  await cloud.must("DELETE", `/primary_ips/${ip.id}`);
});

it("boots a server without public addresses behind closed rules, and only when asked", async () => {
  const { server } = await cloud.must("POST", "/servers", { ...order, start_after_create: false, public_net: { enable_ipv4: false, enable_ipv6: false } });
  expect([server.status, cloud.machines.made.size]).toEqual(["off", 0]);
  expect((await cloud.call("POST", `/servers/${server.id}/actions/poweron`)).status).toBe(422);
  const { network } = await cloud.must("POST", "/networks", { name: "inner", ip_range: "10.0.0.0/24", subnets: [{ type: "cloud", network_zone: "eu-central" }] });
  await cloud.must("POST", `/servers/${server.id}/actions/attach_to_network`, { network: network.id });
  await cloud.must("POST", `/servers/${server.id}/actions/poweron`);
  const machine = cloud.machines.made.get(server.id)!;
  expect(machine.networks.get(network.id)!.ip).toBe("10.0.0.2/24");
  expect(machine.rules).toHaveLength(1);
});
