/** Every route of the emulator, called once at least, in an order that makes sense. */

export type Send = (method: string, path: string, body?: unknown, expected?: "success" | "refusal") => Promise<any>;

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINLxo1hkmP2SPtJuaShRrcKYAed2dqK1MxgF0GhzoaV+ operator";

export async function session(send: Send): Promise<void> {
  await readCatalogue(send);
  const parts = await createParts(send);
  const { server, action, next_actions } = await send("POST", "/servers", {
    name: "host.example.com",
    server_type: "cx23",
    image: "docker-ce",
    location: "nbg1",
    ssh_keys: [String(parts.key)],
    user_data: "#cloud-config\n",
    labels: { role: "host" },
    firewalls: [{ firewall: parts.firewall }],
    networks: [parts.network],
    volumes: [parts.volume],
    placement_group: parts.group,
    automount: true,
    start_after_create: true,
    public_net: { enable_ipv4: true, enable_ipv6: true },
  });
  await send("GET", `/actions?${[action, ...next_actions].map(({ id }) => `id=${id}`).join("&")}&sort=status&sort=id`);
  await send("GET", `/actions/${action.id}`);
  await power(send, server.id);
  await change(send, server.id, parts.group);
  await networks(send, server.id, parts.network);
  await firewalls(send, server.id, parts.firewall);
  await volumes(send, server.id, parts.volume);
  await primaryIps(send, server);
  await refusals(send, server.id);
  await readLists(send, { servers: server.id, networks: parts.network, firewalls: parts.firewall, volumes: parts.volume, primary_ips: parts.ip, images: 101 });
  await remove(send, server.id, parts);
}

async function readCatalogue(send: Send): Promise<void> {
  for (const path of ["locations", "server_types", "isos", "images"]) {
    const first = (await send("GET", `/${path}?page=1&per_page=50`))[path][0];
    await send("GET", `/${path}/${first.id}`);
  }
  await send("GET", "/pricing");
  await send("GET", "/datacenters", undefined, "refusal");
  await send("GET", "/datacenters/1", undefined, "refusal");
  for (const path of ["floating_ips", "load_balancers", "load_balancer_types", "certificates", "zones"]) await send("GET", `/${path}`);
}

async function createParts(send: Send) {
  const labels = { team: "platform" };
  const { ssh_key } = await send("POST", "/ssh_keys", { name: "operator", public_key: key, labels });
  await send("PUT", `/ssh_keys/${ssh_key.id}`, { name: "operators", labels });
  await send("GET", `/ssh_keys/${ssh_key.id}`);
  const { placement_group } = await send("POST", "/placement_groups", { name: "spread", type: "spread", labels });
  await send("PUT", `/placement_groups/${placement_group.id}`, { name: "apart" });
  await send("GET", `/placement_groups/${placement_group.id}`);
  const { network } = await send("POST", "/networks", {
    name: "inner",
    ip_range: "10.0.0.0/16",
    labels,
    subnets: [{ type: "cloud", ip_range: "10.0.1.0/24", network_zone: "eu-central" }],
    routes: [{ destination: "10.100.1.0/24", gateway: "10.0.1.9" }],
  });
  const { firewall } = await send("POST", "/firewalls", {
    name: "wall",
    labels,
    rules: [{ direction: "in", protocol: "tcp", port: "22", source_ips: ["0.0.0.0/0", "::/0"], description: "ssh" }],
  });
  const { volume } = await send("POST", "/volumes", { name: "data", size: 10, location: "nbg1", format: "ext4", labels });
  const { primary_ip } = await send("POST", "/primary_ips", { name: "own", type: "ipv4", location: "nbg1", labels, auto_delete: false });
  return { key: ssh_key.id, group: placement_group.id, network: network.id, firewall: firewall.id, volume: volume.id, ip: primary_ip.id };
}

async function power(send: Send, id: number): Promise<void> {
  await send("GET", `/servers/${id}`);
  await send("PUT", `/servers/${id}`, { name: "host-1.example.com", labels: { role: "host", tier: "shared" } });
  for (const verb of ["reboot", "reset", "shutdown", "poweron", "poweroff"]) await send("POST", `/servers/${id}/actions/${verb}`);
  await send("GET", `/servers/${id}/metrics?type=cpu,disk&start=2026-01-01T00:00:00Z&end=2026-01-01T01:00:00Z`);
}

async function change(send: Send, id: number, group: number): Promise<void> {
  const act = (verb: string, body?: object, expected?: "refusal") => send("POST", `/servers/${id}/actions/${verb}`, body, expected);
  await act("change_type", { server_type: "cx33", upgrade_disk: true });
  await act("remove_from_placement_group");
  await act("add_to_placement_group", { placement_group: group });
  await act("rebuild", { image: "debian-13" });
  await act("change_protection", { delete: true, rebuild: true });
  await send("DELETE", `/servers/${id}`, undefined, "refusal");
  await act("change_protection", { delete: false, rebuild: false });
  await act("enable_backup");
  await act("disable_backup");
  await act("disable_rescue");
  await act("detach_iso");
  const { server } = await send("GET", `/servers/${id}`);
  await act("change_dns_ptr", { ip: server.public_net.ipv4.ip, dns_ptr: "host.example.com" });
  await act("enable_rescue", { type: "linux64", ssh_keys: [] }, "refusal");
  await act("attach_iso", { iso: "debian-13.1.0-amd64-netinst.iso" }, "refusal");
  await act("create_image", { type: "snapshot" }, "refusal");
  await act("reset_password", undefined, "refusal");
  await act("request_console", undefined, "refusal");
}

async function networks(send: Send, server: number, network: number): Promise<void> {
  const act = (verb: string, body: object, expected?: "refusal") => send("POST", `/networks/${network}/actions/${verb}`, body, expected);
  await send("GET", `/networks/${network}`);
  await send("PUT", `/networks/${network}`, { name: "inside", expose_routes_to_vswitch: false });
  await send("POST", `/servers/${server}/actions/change_alias_ips`, { network, alias_ips: ["10.0.1.20"] });
  await act("delete_subnet", { ip_range: "10.0.1.0/24" }, "refusal");
  await send("POST", `/servers/${server}/actions/detach_from_network`, { network });
  await act("add_subnet", { type: "cloud", network_zone: "eu-central" });
  await act("delete_subnet", { ip_range: "10.0.0.0/24" });
  await act("add_route", { destination: "10.200.0.0/24", gateway: "10.0.1.9" });
  await act("delete_route", { destination: "10.200.0.0/24", gateway: "10.0.1.9" });
  await act("change_ip_range", { ip_range: "10.0.0.0/12" });
  await act("change_protection", { delete: true });
  await send("DELETE", `/networks/${network}`, undefined, "refusal");
  await act("change_protection", { delete: false });
  await send("POST", `/servers/${server}/actions/attach_to_network`, { network, ip: "10.0.1.30", alias_ips: [] });
}

async function firewalls(send: Send, server: number, firewall: number): Promise<void> {
  const act = (verb: string, body: object) => send("POST", `/firewalls/${firewall}/actions/${verb}`, body);
  const target = [{ type: "server", server: { id: server } }];
  const selected = [{ type: "label_selector", label_selector: { selector: "role=host" } }];
  await send("PUT", `/firewalls/${firewall}`, { name: "walls" });
  await act("set_rules", { rules: [{ direction: "out", protocol: "udp", port: "1-100", destination_ips: ["10.0.0.0/8"], source_ips: [] }, { direction: "in", protocol: "icmp", source_ips: ["0.0.0.0/0"] }] });
  await act("remove_from_resources", { remove_from: target });
  await act("apply_to_resources", { apply_to: selected });
  await send("GET", `/firewalls/${firewall}`);
  await act("remove_from_resources", { remove_from: selected });
  await act("apply_to_resources", { apply_to: target });
  await send("DELETE", `/firewalls/${firewall}`, undefined, "refusal");
}

async function volumes(send: Send, server: number, volume: number): Promise<void> {
  const act = (verb: string, body?: object) => send("POST", `/volumes/${volume}/actions/${verb}`, body);
  await send("GET", `/volumes/${volume}`);
  await send("PUT", `/volumes/${volume}`, { name: "more-data" });
  await send("DELETE", `/volumes/${volume}`, undefined, "refusal");
  await act("detach");
  await act("resize", { size: 20 });
  await act("change_protection", { delete: false });
  await act("attach", { server, automount: true });
  const second = await send("POST", "/volumes", { name: "second", size: 10, server, automount: false });
  await send("POST", `/volumes/${second.volume.id}/actions/detach`);
  await send("DELETE", `/volumes/${second.volume.id}`);
}

async function primaryIps(send: Send, server: any): Promise<void> {
  const { primary_ips } = await send("GET", "/primary_ips?name=own");
  const own = `/primary_ips/${primary_ips[0].id}`;
  await send("GET", own);
  await send("PUT", own, { name: "mine", auto_delete: false });
  await send("POST", `${own}/actions/assign`, { assignee_id: server.id, assignee_type: "server" }, "refusal");
  await send("POST", `/servers/${server.id}/actions/poweroff`);
  const old = `/primary_ips/${server.public_net.ipv4.id}`;
  await send("POST", `${old}/actions/unassign`);
  await send("POST", `${own}/actions/assign`, { assignee_id: server.id, assignee_type: "server" });
  await send("DELETE", own, undefined, "refusal");
  await send("POST", `${own}/actions/change_dns_ptr`, { ip: primary_ips[0].ip, dns_ptr: "mine.example.com" });
  await send("POST", `${own}/actions/change_protection`, { delete: true });
  await send("POST", `${own}/actions/change_protection`, { delete: false });
  await send("DELETE", old);
  await send("POST", `/servers/${server.id}/actions/poweron`);
}

async function refusals(send: Send, server: number): Promise<void> {
  await send("POST", "/servers", { name: "host_1", server_type: "cx23", image: "debian-12" }, "refusal");
  await send("POST", "/servers", {}, "refusal");
  await send("GET", "/servers/1", undefined, "refusal");
  await send("GET", "/actions", undefined, "refusal");
  await send("POST", `/servers/${server}/actions/attach_to_network`, { network: 1 }, "refusal");
  await send("PUT", "/images/101", { description: "mine" }, "refusal");
  await send("DELETE", "/images/101", undefined, "refusal");
  await send("POST", "/images/101/actions/change_protection", { delete: true }, "refusal");
}

async function readLists(send: Send, ids: Record<string, number>): Promise<void> {
  for (const path of ["ssh_keys", "placement_groups"]) await send("GET", `/${path}?label_selector=team%3Dplatform&sort=name:desc`);
  for (const [path, id] of Object.entries(ids)) {
    await send("GET", `/${path}?sort=created:desc&sort=id`.replace("primary_ips?sort=created:desc&sort=id", "primary_ips?sort=created:desc"));
    const { actions } = await send("GET", `/${path}/actions?status=success&sort=finished:desc&per_page=5`);
    await send("GET", `/${path}/${id}/actions`);
    const action = actions.find((entry: any) => entry.resources.some((resource: any) => resource.id === id));
    // Images never change in the lab, so they have no actions to read.
    if (path === "images") continue;
    const all = (await send("GET", `/${path}/${id}/actions?sort=id`)).actions;
    await send("GET", `/${path}/actions/${(action ?? all[0]).id}`);
    await send("GET", `/${path}/${id}/actions/${all[0].id}`);
  }
  await send("GET", "/images/actions/1", undefined, "refusal");
  await send("GET", "/images/101/actions/1", undefined, "refusal");
}

async function remove(send: Send, server: number, parts: Record<string, number>): Promise<void> {
  await send("DELETE", `/servers/${server}`);
  await send("DELETE", `/primary_ips/${parts["ip"]}`);
  await send("DELETE", `/volumes/${parts["volume"]}`);
  await send("DELETE", `/networks/${parts["network"]}`);
  await send("DELETE", `/firewalls/${parts["firewall"]}`);
  await send("DELETE", `/placement_groups/${parts["group"]}`);
  await send("DELETE", `/ssh_keys/${parts["key"]}`);
}
