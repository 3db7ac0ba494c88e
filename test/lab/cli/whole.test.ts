/** The lab as a whole: a server by plain HTTP, reached by SSH and through DNS and edge, hurt and healed, down and up again. */
import { promises as dns } from "node:dns";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { json, lab, run, type Result } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "etage-whole-"));
const directory = join(folder, "state");
const host = "www.epica.com.tr";
let environment: Record<string, string>;
let server: { id: number; ip: string };
let volume: number;

beforeAll(async () => {
  expect(await lab(directory, "up", "--zone", "epica.com.tr")).toMatchObject({ code: 0 });
  environment = await json(directory, "env");
});
afterAll(async () => {
  await lab(directory, "down", "--purge", "--yes");
  rmSync(folder, { recursive: true, force: true });
});

async function api(base: string, token: string, method: string, path: string, body?: unknown): Promise<any> {
  const headers = { authorization: `Bearer ${environment[token]}`, "content-type": "application/json" };
  const response = await fetch(`${environment[base]}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return await response.json();
}
const hetzner = (method: string, path: string, body?: unknown) => api("HCLOUD_ENDPOINT", "HCLOUD_TOKEN", method, path, body);
const cloudflare = (method: string, path: string, body?: unknown) => api("CLOUDFLARE_BASE_URL", "CLOUDFLARE_API_TOKEN", method, path, body);

/** The action when it is over. */
async function finished(action: { id: number }): Promise<any> {
  for (;;) {
    const [found] = (await hetzner("GET", `/actions?id=${action.id}`)).actions;
    if (found.status !== "running") return found;
    await sleep(50);
  }
}

function ssh(command: string, seconds = 5): Promise<Result> {
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes", `ConnectTimeout=${seconds}`];
  return run("timeout", [String(seconds + 20), "ssh", "-i", environment.ETAGE_SSH_KEY!, ...options.flatMap((one) => ["-o", one]), `root@${server.ip}`, command]);
}

async function reachable(): Promise<void> {
  await expect.poll(async () => (await ssh("true", 2)).code, { timeout: 90_000, interval: 200 }).toBe(0);
}

/** As a customer's browser would: by the lab's name server and its authority. */
async function browse(): Promise<{ status: number; text: string }> {
  const resolver = new dns.Resolver();
  resolver.setServers([environment.ETAGE_RESOLVER!]);
  const [address] = await resolver.resolve4(host);
  return await new Promise((resolve, reject) => {
    const ca = readFileSync(environment.NODE_EXTRA_CA_CERTS!);
    const sent = request({ host: address, servername: host, headers: { host }, ca, agent: false }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode!, text });
    });
    sent.on("error", reject).end();
  });
}

it("boots a server with its user data, keys and firewall, and a volume", async () => {
  const key = (await hetzner("POST", "/ssh_keys", { name: "operator", public_key: readFileSync(`${environment.ETAGE_SSH_KEY}.pub`, "utf8") })).ssh_key;
  const { ipv4_cidrs } = (await cloudflare("GET", "/ips")).result;
  const rules = [
    { direction: "in", protocol: "tcp", port: "22", source_ips: ["0.0.0.0/0"] },
    { direction: "in", protocol: "tcp", port: "80", source_ips: ipv4_cidrs },
  ];
  const firewall = (await hetzner("POST", "/firewalls", { name: "edge-only", rules })).firewall;
  const user_data = "#cloud-config\nwrite_files:\n  - path: /srv/index.html\n    content: hello from cloud-init\nruncmd:\n  - systemd-run --unit web python3 -m http.server --directory /srv 80\n";
  const made = await hetzner("POST", "/servers", { name: "one", server_type: "cx23", image: "docker-ce", location: "fsn1", ssh_keys: [key.id], firewalls: [{ firewall: firewall.id }], user_data });
  expect(await finished(made.action)).toMatchObject({ status: "success" });
  server = { id: made.server.id, ip: made.server.public_net.ipv4.ip };
  await reachable();
  const disk = await hetzner("POST", "/volumes", { name: "data", size: 10, server: server.id, automount: true, format: "ext4" });
  volume = disk.volume.id;
  for (const action of [disk.action, ...disk.next_actions]) expect(await finished(action)).toMatchObject({ status: "success" });
  expect(await ssh(`cloud-init status --wait >/dev/null; echo kept >/mnt/HC_Volume_${volume}/file && cat /srv/index.html`)).toMatchObject({ code: 0, out: "hello from cloud-init" });
});

it("leads a proxied name through the edge, where nobody else may pass", async () => {
  const zone = (await cloudflare("GET", "/zones?name=epica.com.tr")).result[0].id;
  await cloudflare("PATCH", `/zones/${zone}/settings/ssl`, { value: "flexible" });
  await cloudflare("POST", `/zones/${zone}/dns_records`, { type: "A", name: "*", content: server.ip, proxied: true, ttl: 1 });
  await expect.poll(browse, { timeout: 20_000 }).toEqual({ status: 200, text: "hello from cloud-init" });
  await expect(fetch(`http://${server.ip}/`, { signal: AbortSignal.timeout(1500) })).rejects.toThrow();
});

it("shows a frozen, a cut and a dead server as what they are", async () => {
  await lab(directory, "fault", "machine", "one", "freeze");
  expect((await ssh("true", 2)).code).not.toBe(0);
  await lab(directory, "fault", "machine", "one", "thaw");
  await reachable();
  await lab(directory, "fault", "machine", "one", "cut");
  expect((await ssh("true", 2)).code).not.toBe(0);
  await lab(directory, "fault", "machine", "one", "mend");
  await reachable();
  await lab(directory, "fault", "machine", "one", "kill");
  await expect.poll(async () => (await hetzner("GET", `/servers/${server.id}`)).server.status).toBe("off");
  expect([521, 522, 523]).toContain((await browse()).status);
  expect(await finished((await hetzner("POST", `/servers/${server.id}/actions/poweron`)).action)).toMatchObject({ status: "success" });
  await reachable();
});

it("comes back from down and from a killed process with server, volume, firewall and names", async () => {
  await ssh("echo here >/home/file");
  expect(await lab(directory, "down")).toMatchObject({ code: 0 });
  expect((await json(directory, "status")).state).toBe("down");
  expect((await json(directory, "up")).servers).toMatchObject([{ name: "one", status: "running", machine: "running" }]);
  await reachable();
  expect(await ssh(`cat /mnt/HC_Volume_${volume}/file /home/file`)).toMatchObject({ out: "kept\nhere\n" });
  await ssh("systemd-run --unit web python3 -m http.server --directory /srv 80");
  await expect.poll(async () => (await browse()).status, { timeout: 20_000 }).toBe(200);
  await expect(fetch(`http://${server.ip}/`, { signal: AbortSignal.timeout(1500) })).rejects.toThrow();

  process.kill((await json(directory, "status")).pid, "SIGKILL");
  await json(directory, "up");
  expect((await json(directory, "status")).servers).toMatchObject([{ name: "one", machine: "running", memory: expect.any(Number) }]);
  await expect.poll(async () => (await browse()).status, { timeout: 20_000 }).toBe(200);
});
