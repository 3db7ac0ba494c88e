/** Every refusal with Cloudflare's status and code. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordQuota } from "../../../lab/cloudflare/records.ts";
import { openFaults } from "../../../lab/faults/faults.ts";
import { cloudflareWithClient, temporaryLab, type ApiAndClient } from "../temporary-lab.ts";

const lab = temporaryLab();
let running: ApiAndClient;
let zone: string;
const wrong = { authorization: `Bearer ${"x".repeat(40)}` };

beforeAll(async () => {
  running = await cloudflareWithClient(lab, { rateLimit: { requests: 100_000, seconds: 300 } });
  zone = (await running.client.zones.create({ account: {}, name: "example.com" })).id;
});
afterAll(async () => {
  await running.api.close();
  lab.remove();
});

describe("who asks", () => {
  it.each([
    ["no header", {}, 400, 9106],
    ["no token in it", { authorization: "Bearer short" }, 400, 6003],
    ["a wrong token", wrong, 403, 10000],
  ])("%s", async (_, headers: Record<string, string>, status, code) => {
    const answer = await fetch(`${running.base}/zones`, { headers });
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status, body: { success: false, result: null, errors: [{ code }] } });
  });
  it("a wrong token that is to be verified", async () => {
    expect(await running.ask("GET", "/user/tokens/verify", undefined, wrong)).toMatchObject({ status: 401, body: { errors: [{ code: 1000 }] } });
  });
});

describe("what is not there", () => {
  const id = "0".repeat(32);
  it.each([
    ["GET", "/nowhere", 7003],
    ["GET", `/zones/${id}`, 7003],
    ["GET", `/zones/${id}/dns_records`, 7003],
    ["DELETE", `/zones/ZONE/dns_records/${id}`, 81044],
    ["PUT", `/zones/ZONE/dns_records/${id}`, 81044],
    ["GET", "/zones/ZONE/dns_records/not-an-id", 7003],
    ["GET", "/certificates/123", 1101],
  ])("%s %s → %i", async (method, path, code) => {
    expect(await running.ask(method, path.replace("ZONE", zone))).toMatchObject({ status: 404, body: { success: false, errors: [{ code }, ...(code === 7003 ? [{ code: 7000 }] : [])] } });
  });
});

describe("records that can't be", () => {
  const good = { type: "A", name: "www", content: "192.0.2.1", ttl: 300 };
  it.each([
    [{ ...good, content: "192.0.2" }, 9005],
    [{ ...good, content: "192.0.2.256" }, 9005],
    [{ ...good, type: "AAAA" }, 9006],
    [{ ...good, type: "CNAME", content: "not a name" }, 9007],
    [{ ...good, type: "CNAME", content: "www.example.com" }, 9007],
    [{ ...good, type: "MX", content: "mail.example.com" }, 9101],
    [{ ...good, type: "SRV", data: { priority: 1 } }, 9101],
    [{ ...good, type: "TXT", content: "" }, 9107],
    [{ ...good, type: "LOC" }, 9001],
    [{ ...good, name: "under..dots" }, 9000],
    [{ ...good, name: "a.*.b" }, 9000],
    [{ ...good, ttl: 59 }, 9021],
    [{ ...good, ttl: 86401 }, 9021],
    [{ ...good, type: "TXT", content: "x", proxied: true }, 9004],
    [{ ...good, tags: ["team:ops"] }, 9300],
  ])("%j → 1004 with %i", async (record, code) => {
    const answer = await running.ask("POST", `/zones/${zone}/dns_records`, record);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ code: 1004, message: "DNS Validation Error", error_chain: [{ code }] }] } });
  });
  it.each([
    ["the same again", { ...good, name: "twice" }, 81058],
    ["the same with another ttl", { ...good, name: "twice", ttl: 600 }, 81057],
    ["an alias beside an address", { ...good, name: "twice", type: "CNAME", content: "example.com" }, 81053],
    ["an address beside an alias", { ...good, name: "alias" }, 81054],
    ["an address where others are in charge", { ...good, name: "delegated" }, 81056],
  ])("%s", async (_, record, code) => {
    const first = [{ ...good, name: "twice" }, { ...good, name: "alias", type: "CNAME", content: "example.org" }, { ...good, name: "delegated", type: "NS", content: "ns.example.org" }];
    for (const one of first) await running.ask("POST", `/zones/${zone}/dns_records`, one);
    expect(await running.ask("POST", `/zones/${zone}/dns_records`, record)).toMatchObject({ status: 400, body: { errors: [{ code }] } });
  });
  it("not JSON", async () => {
    const answer = await fetch(`${running.base}/zones/${zone}/dns_records`, { method: "POST", body: "{", headers: { authorization: `Bearer ${"t".repeat(40)}`, "content-type": "application/json" } });
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status: 400, body: { errors: [{ code: 9207 }] } });
  });
  it(`more than ${recordQuota} in a zone`, async () => {
    const full = (await running.client.zones.create({ account: {}, name: "full.test" })).id;
    for (let n = 0; n < recordQuota; n++) await running.ask("POST", `/zones/${full}/dns_records`, { ...good, name: `n${n}` });
    expect(await running.ask("POST", `/zones/${full}/dns_records`, good)).toMatchObject({ status: 400, body: { errors: [{ code: 81045 }] } });
  });
});

describe("zones and settings that can't be", () => {
  it.each([
    ["POST", "/zones", { name: "example.com" }, 400, 1061],
    ["POST", "/zones", { name: "nodots" }, 400, 1049],
    ["POST", "/zones", {}, 400, 1001],
    ["PATCH", "/zones/ZONE/settings/ssl", { value: "very" }, 400, 1007],
    ["PATCH", "/zones/ZONE/settings/nothing", { value: "on" }, 400, 1006],
    ["PATCH", "/zones/ZONE/settings/http2", { value: "off" }, 400, 1057],
    ["GET", "/zones?per_page=51", undefined, 400, 9003],
  ])("%s %s %j", async (method, path, body, status, code) => {
    expect(await running.ask(method, path.replace("ZONE", zone), body)).toMatchObject({ status, body: { errors: [{ code }] } });
  });
});

describe("too often", () => {
  it("answers 429 with Retry-After after the limit, and not before", async () => {
    const small = temporaryLab(252);
    const limited = await cloudflareWithClient(small, { rateLimit: { requests: 3, seconds: 300 } });
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await limited.ask("GET", "/zones")).status);
    const last = await limited.ask("GET", "/zones");
    await limited.api.close();
    small.remove();
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(200);
  });
});

describe("faults", () => {
  const faults = openFaults(lab);
  it("answers with the status it was told, so many times", async () => {
    faults.add({ kind: "api", api: "cloudflare", method: "GET", path: "/zones", status: 503, times: 2, noRetry: true });
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(await running.ask("GET", "/zones"));
    expect(answers.map((one) => one.status)).toEqual([503, 503, 200]);
    expect(answers[0]!.body).toMatchObject({ success: false, errors: [{ code: 10002 }] });
    expect(answers[0]!.headers.get("x-should-retry")).toBe("false");
  });
  it("answers late", async () => {
    faults.add({ kind: "api", api: "cloudflare", method: "*", path: "/zones/**", delayMs: 300, times: 1 });
    const start = performance.now();
    expect((await running.ask("GET", `/zones/${zone}`)).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(290);
  });
  it("commits and loses the answer, so that a repeat meets 81058", async () => {
    faults.add({ kind: "api", api: "cloudflare", method: "POST", path: "/zones/*/dns_records", loseAnswer: true, times: 1 });
    const record = { type: "A", name: "lost", content: "192.0.2.9", ttl: 1 };
    await expect(running.ask("POST", `/zones/${zone}/dns_records`, record)).rejects.toThrow("fetch failed");
    expect(await running.ask("POST", `/zones/${zone}/dns_records`, record)).toMatchObject({ status: 400, body: { errors: [{ code: 81058 }] } });
  });
  it("is for one API, one method, one path; placement for one type", () => {
    faults.clear();
    faults.add({ kind: "api", api: "hetzner", method: "POST", path: "/servers", status: 503 });
    expect(faults.takeFault("cloudflare", "POST", "/client/v4/servers")).toBeUndefined();
    expect(faults.takeFault("hetzner", "GET", "/v1/servers")).toBeUndefined();
    expect(faults.takeFault("hetzner", "POST", "/v1/servers/7")).toBeUndefined();
    expect(faults.takeFault("hetzner", "POST", "/v1/servers?x=y")).toMatchObject({ status: 503 });
    faults.add({ kind: "placement", type: "cx23", location: "*", times: 1 });
    expect(["cx33", "cx23", "cx23"].map((type) => faults.placementFails(type, "fsn1"))).toEqual([false, true, false]);
    expect(faults.clear()).toBe(1);
  });
});
