/** Asked by Node's own resolver (c-ares), and byte by byte where that one is too kind. */
import { createSocket } from "node:dgram";
import { promises as dns } from "node:dns";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDns } from "../../../lab/dns/server.ts";
import { cloudflareWithClient, freePort, temporaryLab, type ApiAndClient } from "../temporary-lab.ts";

// The lab's own library: the product has none for DNS.
const packet = createRequire(new URL("../../../lab/package.json", import.meta.url))("dns-packet");
const lab = temporaryLab();
const edge = "127.77.251.1";
const resolver = new dns.Resolver({ tries: 1, timeout: 2000 });
let running: ApiAndClient;
let port: number;
let server: { close(): Promise<void> };

const records: Record<string, unknown>[] = [
  { type: "A", name: "@", content: "192.0.2.1", ttl: 600 },
  { type: "A", name: "*", content: "192.0.2.2", ttl: 1 },
  { type: "A", name: "acme", content: "192.0.2.3", ttl: 60 },
  { type: "A", name: "acme", content: "192.0.2.4", ttl: 60 },
  { type: "TXT", name: "only-text", content: "hello" },
  { type: "A", name: "deep.below", content: "192.0.2.5" },
  { type: "A", name: "proxied", content: "192.0.2.6", proxied: true },
  { type: "A", name: "*.proxied", content: "192.0.2.6", proxied: true },
  { type: "CNAME", name: "alias", content: "acme.example.com", ttl: 120 },
  { type: "CNAME", name: "far", content: "www.elsewhere.org" },
  { type: "CNAME", name: "across", content: "www.other.test" },
  { type: "CNAME", name: "dangling", content: "missing.other.test" },
  { type: "AAAA", name: "six", content: "2001:db8::6" },
  { type: "MX", name: "@", content: "mail.example.com", priority: 10 },
  { type: "TXT", name: "@", content: '"v=spf1 -all"' },
  { type: "TXT", name: "long", content: "x".repeat(1500) },
  { type: "SRV", name: "_sip._tcp", data: { priority: 1, weight: 2, port: 5060, target: "sip.example.com" } },
  { type: "CAA", name: "@", data: { flags: 0, tag: "issue", value: "letsencrypt.org" } },
  { type: "NS", name: "sub", content: "ns1.elsewhere.org" },
];

beforeAll(async () => {
  running = await cloudflareWithClient(lab);
  const zone = (await running.client.zones.create({ account: {}, name: "example.com" })).id;
  const other = (await running.client.zones.create({ account: {}, name: "other.test" })).id;
  for (const record of records) expect((await running.ask("POST", `/zones/${zone}/dns_records`, { ttl: 1, ...record })).body.errors).toEqual([]);
  await running.ask("POST", `/zones/${other}/dns_records`, { type: "A", name: "www", content: "192.0.2.77", ttl: 1 });
  await running.ask("POST", `/zones/${other}/dns_records`, { type: "CNAME", name: "@", content: "acme.example.com", ttl: 1 });
  port = await freePort(lab.loopback);
  server = await startDns(running.api.store, { address: lab.loopback, port, edge });
  resolver.setServers([`${lab.loopback}:${port}`]);
});
afterAll(async () => {
  await server.close();
  await running.api.close();
  lab.remove();
});

describe("addresses", () => {
  it.each([
    ["example.com", ["192.0.2.1"]],
    ["acme.example.com", ["192.0.2.3", "192.0.2.4"]],
    ["ACME.Example.Com", ["192.0.2.3", "192.0.2.4"]],
    ["anything.example.com", ["192.0.2.2"]],
    ["more.than.one.label.example.com", ["192.0.2.2"]],
    ["deep.below.example.com", ["192.0.2.5"]],
    ["proxied.example.com", [edge]],
    ["x.proxied.example.com", [edge]],
    ["alias.example.com", ["192.0.2.3", "192.0.2.4"]],
    ["across.example.com", ["192.0.2.77"]],
    ["other.test", ["192.0.2.3", "192.0.2.4"]],
  ])("%s → %j", async (name, addresses) => {
    expect((await resolver.resolve4(name)).toSorted()).toEqual(addresses);
  });
  it.each([
    ["acme.example.com", 60],
    ["anything.example.com", 300],
    ["proxied.example.com", 300],
  ])("TTL of %s is %i", async (name, ttl) => {
    expect((await resolver.resolve4(name, { ttl: true }))[0]!.ttl).toBe(ttl);
  });
});

describe("what is not there", () => {
  it.each([
    ["a name that exists keeps the wildcard away", "only-text.example.com", "ENODATA"],
    ["so does one that only has something below it", "below.example.com", "ENODATA"],
    ["and what lies beside that is missing", "other.below.example.com", "ENOTFOUND"],
    ["and what lies below an existing name too", "x.acme.example.com", "ENOTFOUND"],
    ["no such name in a zone without wildcard", "nothing.other.test", "ENOTFOUND"],
    ["an alias to nothing", "dangling.example.com", "ENOTFOUND"],
    ["a zone that is not ours", "example.org", "EREFUSED"],
  ])("%s", async (_, name, code) => {
    await expect(resolver.resolve4(name)).rejects.toMatchObject({ code });
  });
  it("has no IPv6 address for a proxied name", async () => {
    await expect(resolver.resolve6("proxied.example.com")).rejects.toMatchObject({ code: "ENODATA" });
  });
  it("says with a SOA how long that may be remembered", async () => {
    const reply = await overUdp("nothing.other.test", "A");
    expect(reply).toMatchObject({ rcode: "NXDOMAIN", flag_aa: true, authorities: [{ type: "SOA", name: "other.test", ttl: 1800 }] });
    expect(await overUdp("only-text.example.com", "A")).toMatchObject({ rcode: "NOERROR", answers: [], authorities: [{ type: "SOA" }] });
  });
});

describe("other types", () => {
  it("all of them", async () => {
    expect(await resolver.resolve6("six.example.com")).toEqual(["2001:db8::6"]);
    expect(await resolver.resolveCname("far.example.com")).toEqual(["www.elsewhere.org"]);
    expect(await resolver.resolveMx("example.com")).toMatchObject([{ priority: 10, exchange: "mail.example.com" }]);
    expect(await resolver.resolveTxt("example.com")).toEqual([["v=spf1 -all"]]);
    expect(await resolver.resolveSrv("_sip._tcp.example.com")).toMatchObject([{ priority: 1, weight: 2, port: 5060, name: "sip.example.com" }]);
    expect(await resolver.resolveCaa("example.com")).toMatchObject([{ issue: "letsencrypt.org" }]);
    expect(await resolver.resolveNs("example.com")).toEqual(["ada.ns.lab.test", "bob.ns.lab.test"]);
    expect(await resolver.resolveSoa("example.com")).toMatchObject({ nsname: "ada.ns.lab.test" });
  });
  it("hides the alias or address of a proxied name", async () => {
    await expect(resolver.resolveCname("proxied.example.com")).rejects.toMatchObject({ code: "ENODATA" });
  });
  it("refers to whoever a name is delegated to", async () => {
    expect(await overUdp("host.sub.example.com", "A")).toMatchObject({ flag_aa: false, answers: [], authorities: [{ type: "NS", name: "sub.example.com", data: "ns1.elsewhere.org" }] });
  });
});

describe("transport", () => {
  it("truncates over UDP and gives all over TCP, which resolvers do by themselves", async () => {
    expect(await overUdp("long.example.com", "TXT")).toMatchObject({ flag_tc: true, answers: [] });
    expect((await resolver.resolveTxt("long.example.com"))[0]!.join("")).toBe("x".repeat(1500));
  });
  it("takes EDNS at its word, up to what networks carry", async () => {
    const opt = { type: "OPT", name: ".", udpPayloadSize: 4096, flags: 0, options: [] };
    expect(await overUdp("long.example.com", "TXT", [opt])).toMatchObject({ flag_tc: true, additionals: [{ type: "OPT" }] });
  });
  it("answers two questions on one TCP connection, in pieces", async () => {
    const socket = connect(port, lab.loopback);
    const frames = Buffer.concat([packet.streamEncode(query("acme.example.com", "A", 1)), packet.streamEncode(query("six.example.com", "AAAA", 2))]);
    const ids: number[] = [];
    const done = new Promise<void>((resolve) => {
      let pending = Buffer.alloc(0);
      socket.on("data", (chunk: Buffer) => {
        pending = Buffer.concat([pending, chunk]);
        while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
          ids.push(packet.streamDecode(pending).id!);
          pending = pending.subarray(2 + pending.readUInt16BE(0));
        }
        if (ids.length === 2) resolve();
      });
    });
    for (const byte of frames) socket.write(Buffer.of(byte));
    await done;
    socket.destroy();
    expect(ids).toEqual([1, 2]);
  });
  it("survives rubbish", async () => {
    const socket = createSocket("udp4");
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(3), Buffer.alloc(12, 1), Buffer.alloc(600, 0x7f)]) socket.send(bytes, port, lab.loopback);
    socket.close();
    expect(await resolver.resolve4("example.com")).toEqual(["192.0.2.1"]);
  });
});

function query(name: string, type: string, id = 7, additionals: unknown[] = []): any {
  return { type: "query", id, flags: packet.RECURSION_DESIRED, questions: [{ type, name }], additionals };
}

async function overUdp(name: string, type: string, additionals: unknown[] = []): Promise<any> {
  const socket = createSocket("udp4");
  const reply = new Promise<Buffer>((done) => socket.once("message", done));
  socket.send(packet.encode(query(name, type, 7, additionals)), port, lab.loopback);
  const decoded = packet.decode(await reply);
  socket.close();
  return decoded;
}
