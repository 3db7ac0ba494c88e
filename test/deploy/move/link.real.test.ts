/** Two hosts reach each other's PostgreSQL and app through their link, and nothing else; it heals, and nothing is left of it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { NAMES_UNIT } from "../../../deploy/host/link.ts";
import { linkLeftovers, parseLinkLeftovers } from "../../../deploy/host/link-state.ts";
import { closeLinkOn, type Link, openLink, requireLink } from "../../../deploy/move/link.ts";
import { openTwoHosts, serve, type TwoHosts } from "./two-hosts.ts";

let hosts: TwoHosts;
let link: Link;
const slug = "acme";
const left = async (host: "source" | "target"): Promise<string[]> => parseLinkLeftovers((await hosts[host].runner.run(linkLeftovers("deploy"))).stdout);

beforeAll(async () => {
  hosts = await openTwoHosts("create table sign (host text);");
  await Promise.all((["source", "target"] as const).map((host) => hosts.sql(host, `insert into sign values ('${host}');`)));
  link = await openLink(slug, hosts, 3000);
});
afterAll(() => hosts?.remove());

const across = (host: "source" | "target", gateway: string): Promise<string> =>
  hosts.on(host, `docker exec -e PGPASSWORD=secret-word postgres psql -XqAt -h ${gateway} -p ${link.ports.database} -U app -d app -c 'select host from sign'`);

it("leads to the other host's PostgreSQL and app, from containers of this one", async () => {
  expect(await across("source", link.source.gateway)).toBe("target");
  expect(await across("target", link.target.gateway)).toBe("source");
  await requireLink(slug, hosts, link, "/health/ready");
  expect(await hosts.on("source", `curl -s -D - -o /dev/null http://${link.source.app}/health/ready | grep -i x-host`)).toContain("target");
});

it("listens for containers of its host only", async () => {
  const { ports } = link;
  const listening = await hosts.on("source", `ss -Htln 'sport = :${ports.database} or sport = :${ports.app}' | awk '{ print $4 }' | sort`);
  expect(listening.split("\n")).toEqual([`${link.source.gateway}:${ports.database}`, `${link.source.gateway}:${ports.app}`]);
});

it("lets its key open nothing else", async () => {
  const ssh = "ssh -F none -i /var/lib/etage/move/acme/key -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/var/lib/etage/move/acme/known_hosts -o HostKeyAlias=target";
  const to = `deploy@${hosts.address("target")}`;
  await expect(hosts.on("source", `${ssh} ${to} id`)).rejects.toThrow("this key is for a move only");
  await expect(hosts.on("source", `${ssh} -W 127.0.0.1:22 ${to} </dev/null`)).rejects.toThrow(/prohibited|failed/);
  await expect(hosts.on("source", `rsync -e '${ssh}' ${to}:/etc/passwd /tmp/`)).rejects.toThrow(/write-only|not allowed|error/i);
});

it("finds a database that came back with another address", async () => {
  const before = await hosts.on("target", "docker inspect --format '{{.NetworkSettings.Networks.etage.IPAddress}}' postgres");
  await hosts.on("target", "docker stop postgres && docker run -d --pull never --name squatter --network etage node:24-slim sleep 600 && docker start postgres");
  expect(await hosts.on("target", "docker inspect --format '{{.NetworkSettings.Networks.etage.IPAddress}}' postgres")).not.toBe(before);
  await expect.poll(() => across("source", link.source.gateway).catch(() => "nothing"), { timeout: 30_000 }).toBe("target");
});

it("follows the proxy to another release", async () => {
  await hosts.on("target", serve("another", "app-v2-def"));
  await expect.poll(() => hosts.on("source", `curl -s -D - -o /dev/null http://${link.source.app}/health/ready | grep -i x-host`).catch(() => "nothing"), { timeout: 30_000 }).toContain("another");
});

it("comes back by itself after the power was gone", async () => {
  await hosts.powerCycle("target");
  await expect.poll(() => across("source", link.source.gateway).catch(() => "nothing"), { timeout: 60_000 }).toBe("target");
  await expect.poll(() => across("target", link.target.gateway).catch(() => "nothing"), { timeout: 60_000 }).toBe("source");
});

it("has ports of its own beside another's, and goes where they were taken", async () => {
  await hosts.on("target", `printf 'ExecStart=/usr/bin/ssh -L 172.18.0.1:${link.ports.database}:a:5432 -L 172.18.0.1:${link.ports.app}:b:3000 x\n' >/etc/systemd/system/etage-link-other.service`);
  const other = await openLink(slug, hosts, 3000);
  expect(other.ports.database).not.toBe(link.ports.database);
  await hosts.on("target", "rm /etc/systemd/system/etage-link-other.service");
  link = await openLink(slug, hosts, 3000);
  expect(link.ports).toEqual(other.ports);
});

it("may be opened again, and is closed without a trace", async () => {
  expect(await openLink(slug, hosts, 3000)).toEqual(link);
  expect([await left("source"), await left("target")]).toEqual([[slug], [slug]]);
  await Promise.all([closeLinkOn(slug, hosts.source), closeLinkOn(slug, hosts.target)]);
  await closeLinkOn(slug, hosts.source);
  expect([await left("source"), await left("target")]).toEqual([[], []]);
  for (const host of ["source", "target"] as const) {
    expect(await hosts.on(host, `ls /etc/systemd/system | grep etage || true; grep etage /etc/hosts || true; ls ~deploy/.ssh; ls /var/lib/etage/move; systemctl is-active ${NAMES_UNIT} || true; pgrep -af '^ssh ' || true`)).toBe("authorized_keys\ninactive");
  }
});
