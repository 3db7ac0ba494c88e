/** What bad requests get: status, code, and the field that is wrong. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestCloud, type Reply, type TestCloud } from "./cloud.ts";

let cloud: TestCloud;
let ids: Record<string, number>;
beforeAll(async () => {
  cloud = await openTestCloud();
  const { network } = await cloud.must("POST", "/networks", { name: "inner", ip_range: "10.0.0.0/16", subnets: [{ type: "cloud", network_zone: "eu-central", ip_range: "10.0.1.0/24" }] });
  const { server } = await cloud.must("POST", "/servers", { name: "host", server_type: "cx23", image: "debian-13", location: "nbg1", networks: [network.id] });
  const { volume } = await cloud.must("POST", "/volumes", { name: "data", size: 10, server: server.id });
  const { volume: far } = await cloud.must("POST", "/volumes", { name: "far", size: 10, location: "hel1" });
  const { firewall } = await cloud.must("POST", "/firewalls", { name: "wall", apply_to: [{ type: "server", server: { id: server.id } }] });
  const { primary_ip } = await cloud.must("POST", "/primary_ips", { name: "own", type: "ipv6", location: "nbg1" });
  ids = { network: network.id, server: server.id, volume: volume.id, far: far.id, firewall: firewall.id, ip: primary_ip.id };
});
afterAll(() => cloud.hetzner.close());

const order = { name: "other", server_type: "cx23", image: "debian-13", location: "nbg1" };
const rule = { direction: "in", protocol: "tcp", port: "22", source_ips: ["0.0.0.0/0"] };
const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(ids[name]));

describe("refusals", () => {
  it.each<[string, string, unknown, number, string, string?]>([
    ["POST", "/servers", { ...order, name: "under_score" }, 422, "invalid_input", "name"],
    ["POST", "/servers", { ...order, name: "-dash" }, 422, "invalid_input", "name"],
    ["POST", "/servers", { ...order, name: undefined }, 422, "invalid_input", "name"],
    ["POST", "/servers", { ...order, name: "host" }, 409, "uniqueness_error", "name"],
    ["POST", "/servers", { ...order, server_type: "cx99" }, 422, "invalid_input", "server_type"],
    ["POST", "/servers", { ...order, server_type: "cx22" }, 422, "invalid_input", "server_type"],
    ["POST", "/servers", { ...order, location: "ash" }, 422, "invalid_input", "server_type"],
    ["POST", "/servers", { ...order, location: "moon" }, 422, "invalid_input", "location"],
    ["POST", "/servers", { ...order, datacenter: "nbg1-dc3" }, 422, "invalid_input", "datacenter"],
    ["POST", "/servers", { ...order, image: "windows" }, 422, "invalid_input", "image"],
    ["POST", "/servers", { ...order, image: 102 }, 422, "invalid_input", "image"],
    ["POST", "/servers", { ...order, ssh_keys: ["nobody"] }, 422, "invalid_input", "ssh_keys"],
    ["POST", "/servers", { ...order, user_data: "x".repeat(32_769) }, 422, "invalid_input", "user_data"],
    ["POST", "/servers", { ...order, labels: { "-": "x" } }, 422, "invalid_input", "labels.-"],
    ["POST", "/servers", { ...order, networks: [1] }, 404, "not_found"],
    ["POST", "/servers", { ...order, volumes: ["{far}"] }, 422, "invalid_input", "server"],
    ["POST", "/servers", { ...order, public_net: { enable_ipv4: false, enable_ipv6: false } }, 422, "invalid_input", "public_net"],
    ["GET", "/servers/999999", undefined, 404, "not_found"],
    ["GET", "/servers/host", undefined, 404, "not_found"],
    ["GET", "/servers?status=running&sort=size", undefined, 422, "invalid_input", "sort"],
    ["PATCH", "/servers/{server}", {}, 405, "method_not_allowed"],
    ["GET", "/servers/{server}/actions/poweron", undefined, 405, "method_not_allowed"],
    ["GET", "/nothing", undefined, 404, "not_found"],
    ["GET", "/actions", undefined, 422, "invalid_input", "id"],
    ["GET", "/datacenters", undefined, 410, "deprecated_api_endpoint"],
    ["POST", "/servers/{server}/actions/attach_to_network", { network: "{network}" }, 422, "server_already_attached"],
    ["POST", "/ssh_keys", { name: "k", public_key: "ssh-rsa AAAA" }, 422, "invalid_input", "public_key"],
    ["POST", "/ssh_keys", { name: "", public_key: "ssh-rsa AAAA" }, 422, "invalid_input", "name"],
    ["POST", "/volumes", { name: "v", size: 9, location: "nbg1" }, 422, "invalid_input", "size"],
    ["POST", "/volumes", { name: "v", size: 10_241, location: "nbg1" }, 422, "invalid_input", "size"],
    ["POST", "/volumes", { name: "v", size: 10 }, 422, "invalid_input", "location"],
    ["POST", "/volumes", { name: "v", size: 10, location: "nbg1", format: "btrfs" }, 422, "invalid_input", "format"],
    ["POST", "/volumes/{volume}/actions/resize", { size: 10 }, 422, "invalid_input", "size"],
    ["DELETE", "/volumes/{volume}", undefined, 422, "service_error"],
    ["POST", "/networks", { name: "n", ip_range: "8.8.8.0/24" }, 422, "invalid_input", "ip_range"],
    ["POST", "/networks", { name: "n", ip_range: "10.0.0.0/28" }, 422, "invalid_input", "ip_range"],
    ["POST", "/networks", { name: "n", ip_range: "10.0.0.1/16" }, 422, "invalid_input", "ip_range"],
    ["POST", "/networks", { name: "inner", ip_range: "10.0.0.0/16" }, 409, "uniqueness_error", "name"],
    ["POST", "/networks/{network}/actions/delete_subnet", { ip_range: "10.0.1.0/24" }, 422, "service_error"],
    ["POST", "/networks/{network}/actions/delete_subnet", { ip_range: "10.0.9.0/24" }, 404, "not_found"],
    ["POST", "/firewalls", { name: "f", rules: [{ ...rule, port: "0" }] }, 422, "invalid_input", "rules.0.port"],
    ["POST", "/firewalls", { name: "f", rules: [{ ...rule, port: "90-80" }] }, 422, "invalid_input", "rules.0.port"],
    ["POST", "/firewalls", { name: "f", rules: [{ ...rule, port: null }] }, 422, "invalid_input", "rules.0.port"],
    ["POST", "/firewalls", { name: "f", rules: [{ ...rule, protocol: "icmp" }] }, 422, "invalid_input", "rules.0.port"],
    ["POST", "/firewalls", { name: "f", rules: [{ ...rule, source_ips: [] }] }, 422, "invalid_input", "rules.0.source_ips"],
    ["POST", "/firewalls", { name: "f", rules: [{ ...rule, source_ips: ["10.0.0.1/8"] }] }, 422, "invalid_input", "rules.0.source_ips.0"],
    ["POST", "/firewalls/{firewall}/actions/apply_to_resources", { apply_to: [{ type: "server", server: { id: 1 } }] }, 404, "firewall_resource_not_found"],
    ["POST", "/firewalls/{firewall}/actions/apply_to_resources", { apply_to: [{ type: "server", server: { id: "{server}" } }] }, 422, "firewall_already_applied"],
    ["DELETE", "/firewalls/{firewall}", undefined, 422, "resource_in_use"],
    ["POST", "/servers", { ...order, public_net: { ipv4: "{ip}" } }, 412, "primary_ip_version_mismatch"],
    ["POST", "/primary_ips", { name: "p", type: "ipv4" }, 422, "invalid_input", "location"],
    ["POST", "/primary_ips", { name: "p", type: "ipv4", assignee_id: "{server}" }, 422, "server_not_stopped"],
    ["DELETE", "/images/101", undefined, 403, "forbidden"],
    ["POST", "/servers/{server}/actions/enable_rescue", {}, 422, "unsupported_error"],
  ])("%s %s %j: %i %s %s", async (method, path, body, status, code, field) => {
    const filled = body === undefined ? undefined : JSON.parse(JSON.stringify(body).replace(/"\{(\w+)\}"/g, (_, name: string) => String(ids[name])));
    const reply = await cloud.call(method, fill(path), filled);
    expect(reply.headers.get("content-type")).toMatch(/^application\/json/);
    expect(reply.headers.get("x-correlation-id")).toMatch(/^[0-9a-f]{16}$/);
    expect([reply.status, reply.body.error.code]).toEqual([status, code]);
    expect(reply.body.error).toHaveProperty("details");
    if (field) expect(reply.body.error.details.fields.map((entry: { name: string }) => entry.name)).toContain(field);
  });

  it("says what is wrong with the token, but not before a path exists", async () => {
    const plain = (path: string, headers: Record<string, string> = {}) => fetch(cloud.hetzner.endpoint + path, { headers }).then(async (response) => [response.status, ((await response.json()) as Reply["body"]).error]);
    expect(await plain("/servers")).toEqual([401, { code: "unauthorized", message: "token is required", details: null }]);
    expect(await plain("/servers", { authorization: "Bearer wrong" })).toEqual([401, { code: "unauthorized", message: "the token you have provided is invalid", details: null }]);
    expect(await plain("/nothing")).toEqual([404, { code: "not_found", message: "api route not found", details: null }]);
  });

  it("refuses what is not JSON", async () => {
    const response = await fetch(`${cloud.hetzner.endpoint}/servers`, { method: "POST", body: "{", headers: { authorization: `Bearer ${cloud.token}` } });
    expect([response.status, ((await response.json()) as Reply["body"]).error.code]).toEqual([400, "json_error"]);
  });
});
