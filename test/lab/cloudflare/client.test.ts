/** Cloudflare's official client works against the emulator as it is. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type Cloudflare from "cloudflare";
import { cloudflareWithClient, temporaryLab, type ApiAndClient } from "../temporary-lab.ts";

const lab = temporaryLab();
let running: ApiAndClient;
let client: Cloudflare;

beforeAll(async () => {
  running = await cloudflareWithClient(lab);
  client = running.client;
});
afterAll(async () => {
  await running.api.close();
  lab.remove();
});

describe("account and token", () => {
  it("verifies its token", async () => {
    expect((await client.user.tokens.verify())?.status).toBe("active");
  });
  it("lists the one account", async () => {
    const accounts = [];
    for await (const account of client.accounts.list()) accounts.push(account.name);
    expect(accounts).toEqual(["Etage lab"]);
  });
  it("names the edge's range without a token", async () => {
    const answer = await fetch(`${running.base}/ips`);
    expect(((await answer.json()) as any).result.ipv4_cidrs).toEqual(["10.77.251.2/32"]);
    expect((await client.ips.list()) as any).toMatchObject({ ipv6_cidrs: ["2001:db8:77::/48"] });
  });
});

describe("zones and records", () => {
  let zone: string;
  it("creates, finds by name, gets", async () => {
    const made = await client.zones.create({ account: {}, name: "Example.COM", type: "full" });
    zone = made.id;
    expect(made).toMatchObject({ name: "example.com", status: "active", type: "full" });
    const found = await client.zones.list({ name: "example.com" });
    expect(found.result.map((one) => one.id)).toEqual([zone]);
    expect((await client.zones.list({ name: "elsewhere.com" })).result).toEqual([]);
    expect((await client.zones.get({ zone_id: zone })).name_servers).toHaveLength(2);
  });
  it("pages through more zones than fit one page, then stops at an empty one", async () => {
    for (let n = 0; n < 12; n++) await client.zones.create({ account: {}, name: `zone-${n}.test` });
    const names = [];
    for await (const one of client.zones.list({ per_page: 5 })) names.push(one.name);
    expect(new Set(names).size).toBe(13);
    const beyond = await running.ask("GET", "/zones?per_page=5&page=4");
    expect(beyond.body).toMatchObject({ success: true, result: [], result_info: { page: 4, per_page: 5, count: 0, total_count: 13, total_pages: 3 } });
  });
  it("creates, changes, overwrites and deletes a record", async () => {
    const made = await client.dns.records.create({ zone_id: zone, type: "A", name: "www", content: "192.0.2.1", ttl: 120 });
    expect(made).toMatchObject({ name: "www.example.com", ttl: 120, proxied: false, proxiable: true });
    const proxied = await client.dns.records.edit(made.id, { zone_id: zone, type: "A", name: "www", proxied: true } as never);
    expect(proxied).toMatchObject({ content: "192.0.2.1", proxied: true, ttl: 1 });
    const put = await client.dns.records.update(made.id, { zone_id: zone, type: "A", name: "www.example.com", content: "192.0.2.2", ttl: 300 });
    expect(put).toMatchObject({ content: "192.0.2.2", proxied: false, ttl: 300, created_on: made.created_on });
    expect(await client.dns.records.delete(made.id, { zone_id: zone })).toEqual({ id: made.id });
    await expect(client.dns.records.get(made.id, { zone_id: zone })).rejects.toMatchObject({ status: 404, errors: [{ code: 81044 }] });
  });
  it("filters a list", async () => {
    const records = [
      { type: "A", name: "a", content: "192.0.2.1" },
      { type: "A", name: "b", content: "192.0.2.1", proxied: true },
      { type: "MX", name: "@", content: "mail.example.com", priority: 10 },
      { type: "TXT", name: "a", content: "hello" },
    ];
    for (const record of records) await client.dns.records.create({ zone_id: zone, ttl: 1, ...record } as never);
    const names = async (query: object) => (await client.dns.records.list({ zone_id: zone, ...query } as never)).result.map((one) => `${one.type} ${one.name}`);
    expect(await names({ type: "A" })).toEqual(["A a.example.com", "A b.example.com"]);
    expect(await names({ proxied: true })).toEqual(["A b.example.com"]);
    expect(await names({ name: { exact: "a.example.com" } })).toEqual(["A a.example.com", "TXT a.example.com"]);
    expect((await running.ask("GET", `/zones/${zone}/dns_records?name.startswith=a.&order=type&direction=desc`)).body.result.map((one: any) => one.type)).toEqual(["TXT", "A"]);
    expect((await running.ask("GET", `/zones/${zone}/dns_records?content=192.0.2.1&name=b.example.com`)).body.result).toHaveLength(1);
  });
  it("does a batch as one: all or nothing", async () => {
    const done = await client.dns.records.batch({
      zone_id: zone,
      posts: [{ type: "A", name: "batch-1", content: "192.0.2.7", ttl: 1 }, { type: "AAAA", name: "batch-2", content: "2001:DB8:0::7", ttl: 1 }],
    });
    expect(done.posts?.map((one) => one.content)).toEqual(["192.0.2.7", "2001:db8::7"]);
    const half = { deletes: [{ id: done.posts![0]!.id }], posts: [{ type: "A", name: "bad", content: "not an address" }] };
    expect((await running.ask("POST", `/zones/${zone}/dns_records/batch`, half)).status).toBe(400);
    expect((await client.dns.records.get(done.posts![0]!.id, { zone_id: zone })).name).toBe("batch-1.example.com");
  });
  it("takes a zone's records along when it goes", async () => {
    await client.zones.delete({ zone_id: zone });
    await expect(client.dns.records.list({ zone_id: zone })).rejects.toMatchObject({ status: 404 });
    expect(running.api.store.records.all(zone)).toEqual([]);
  });
});

describe("settings", () => {
  it("shows defaults, keeps a change, and shows it again", async () => {
    const zone = (await client.zones.create({ account: {}, name: "settings.test" })).id;
    expect(await client.zones.settings.get("ssl", { zone_id: zone })).toMatchObject({ id: "ssl", value: "full", editable: true });
    await client.zones.settings.edit("ssl", { zone_id: zone, value: "strict" });
    await client.zones.settings.edit("min_tls_version", { zone_id: zone, value: "1.2" });
    expect(await client.zones.settings.get("ssl", { zone_id: zone })).toMatchObject({ value: "strict" });
    const all = (await running.ask("GET", `/zones/${zone}/settings`)).body.result;
    expect(all.find((one: any) => one.id === "min_tls_version")).toMatchObject({ value: "1.2", modified_on: expect.any(String) });
    expect(all.find((one: any) => one.id === "always_use_https")).toMatchObject({ value: "off", modified_on: null });
  });
});
