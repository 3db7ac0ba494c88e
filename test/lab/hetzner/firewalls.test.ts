/** Rules reach the machines: directly, by selector, and when labels or firewalls change. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestCloud, type TestCloud } from "./cloud.ts";

let cloud: TestCloud;
let server: number;
beforeEach(async () => {
  cloud = await openTestCloud();
  server = (await cloud.must("POST", "/servers", { name: "host", server_type: "cx23", image: "debian-13", labels: { role: "host" } })).server.id;
});
afterEach(() => cloud.hetzner.close());

const rule = (port: string) => ({ direction: "in", protocol: "tcp", port, source_ips: ["0.0.0.0/0", "::/0"], destination_ips: [] });
const bySelector = (selector: string) => [{ type: "label_selector", label_selector: { selector } }];
const make = async (name: string, ...ports: string[]) => (await cloud.must("POST", "/firewalls", { name, rules: ports.map(rule) })).firewall.id as number;
const act = (firewall: number, verb: string, body: object) => cloud.must("POST", `/firewalls/${firewall}/actions/${verb}`, body);
const ports = () => cloud.machines.made.get(server)!.rules?.map((entry) => entry.port) ?? null;

it("enforces the union of all firewalls of a server, and nothing without any", async () => {
  expect(ports()).toBeNull();
  const [ssh, web] = [await make("ssh", "22"), await make("web", "80", "443")];
  const target = [{ type: "server", server: { id: server } }];
  expect((await act(ssh, "apply_to_resources", { apply_to: target })).actions[0]).toMatchObject({ command: "apply_firewall", resources: [{ type: "firewall", id: ssh }, { type: "server", id: server }] });
  expect(ports()).toEqual(["22"]);
  await act(web, "apply_to_resources", { apply_to: bySelector("role=host") });
  expect(ports()).toEqual(["22", "80", "443"]);
  await act(web, "set_rules", { rules: [rule("8443")] });
  expect(ports()).toEqual(["22", "8443"]);
  expect((await cloud.call("GET", `/firewalls/${web}`)).body.firewall.applied_to).toEqual([
    { type: "label_selector", label_selector: { selector: "role=host" }, applied_to_resources: [{ type: "server", server: { id: server } }] },
  ]);
  expect((await cloud.call("GET", `/servers/${server}`)).body.server.public_net.firewalls).toEqual([{ id: ssh, status: "applied" }, { id: web, status: "applied" }]);
  await act(ssh, "remove_from_resources", { remove_from: target });
  await act(web, "remove_from_resources", { remove_from: bySelector("role=host") });
  expect(ports()).toBeNull();
});

it("follows labels", async () => {
  const firewall = await make("dedicated", "22");
  await act(firewall, "apply_to_resources", { apply_to: bySelector("tier in (dedicated)") });
  expect(ports()).toBeNull();
  await cloud.must("PUT", `/servers/${server}`, { labels: { tier: "dedicated" } });
  expect(ports()).toEqual(["22"]);
  const refusal = await cloud.call("POST", `/firewalls/${firewall}/actions/remove_from_resources`, { remove_from: [{ type: "server", server: { id: server } }] });
  expect(refusal.body.error.code).toBe("firewall_managed_by_label_selector");
  await cloud.must("PUT", `/servers/${server}`, { labels: {} });
  expect(ports()).toBeNull();
});

it("boots a stopped server with the rules of today", async () => {
  await cloud.must("POST", `/servers/${server}/actions/poweroff`);
  const firewall = await make("ssh", "22");
  await act(firewall, "apply_to_resources", { apply_to: [{ type: "server", server: { id: server } }] });
  await cloud.must("POST", `/servers/${server}/actions/poweron`);
  expect(ports()).toEqual(["22"]);
});

it("takes empty lists, and twice the same removal, as done", async () => {
  const firewall = await make("ssh", "22");
  expect((await act(firewall, "apply_to_resources", { apply_to: [] })).actions).toEqual([]);
  const remove_from = [{ type: "server", server: { id: server } }];
  await act(firewall, "remove_from_resources", { remove_from });
  await act(firewall, "remove_from_resources", { remove_from });
});

it("stops at five firewalls a server", async () => {
  const target = [{ type: "server", server: { id: server } }];
  for (let index = 0; index < 5; index++) await act(await make(`f${index}`, "22"), "apply_to_resources", { apply_to: target });
  const sixth = await cloud.call("POST", "/firewalls", { name: "f5", apply_to: target });
  expect([sixth.status, sixth.body.error.code]).toEqual([403, "resource_limit_exceeded"]);
  expect((await cloud.call("GET", "/firewalls?name=f5")).body.firewalls).toEqual([]);
});
