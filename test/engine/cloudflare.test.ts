/** Our Cloudflare provider against the lab's API: the whole life of every resource it serves. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFaults } from "../../lab/faults/faults.ts";
import { cloudflareWithClient, temporaryLab, token, type ApiAndClient } from "../lab/temporary-lab.ts";
import { tinyProgram, type TinyProgram } from "./tiny-program.ts";

const lab = temporaryLab(252);
let running: ApiAndClient;
let zone: string;
let program: TinyProgram;

const source = (csr: string, address: string) => `
import * as cloudflare from "@pulumi/cloudflare";
const zone = cloudflare.getZoneOutput({ filter: { name: "example.com" } });
const record = (name: string) =>
  new cloudflare.DnsRecord(name, { zoneId: zone.zoneId, name, type: "A", content: "${address}", ttl: 1, proxied: true });
record("@");
export const recordName = record("*").name;
new cloudflare.ZoneSetting("ssl", { zoneId: zone.zoneId, settingId: "ssl", value: "strict" });
const certificate = new cloudflare.OriginCaCertificate("origin", {
  csr: ${JSON.stringify(csr)}, hostnames: ["example.com", "*.example.com"], requestType: "origin-ecc", requestedValidity: 5475,
});
export const pem = certificate.certificate;
export const ranges = cloudflare.getIpRangesOutput().ipv4Cidrs;
export const zones = cloudflare.getZonesOutput({ name: "example.com" }).results.apply((all) => all.map((one) => one.name));
`;

function csr(): string {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", join(lab.directory, "key.pem")];
  return execFileSync("openssl", ["req", "-new", ...key, "-subj", "/CN=example.com"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
const request = csr();
const up = () => program.must("up", "--yes", "--skip-preview", "-s", "one");
const records = async () => (await running.client.dns.records.list({ zone_id: zone })).result;

beforeAll(async () => {
  running = await cloudflareWithClient(lab);
  zone = (await running.client.zones.create({ account: {}, name: "example.com" })).id;
  program = tinyProgram(source(request, "192.0.2.1"), { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_BASE_URL: running.base });
  await program.must("stack", "init", "one");
});
afterAll(async () => {
  program.remove();
  await running.api.close();
  lab.remove();
});

describe("the Cloudflare provider", () => {
  it("creates everything, although Cloudflare's answer to one record is lost", async () => {
    openFaults(lab).add({ kind: "api", api: "cloudflare", method: "POST", path: "/zones/*/dns_records", loseAnswer: true, times: 1 });
    await up();
    const { recordName, pem, ranges, zones } = await program.outputs("one");
    expect(recordName).toBe("*.example.com");
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(ranges).not.toEqual([]);
    expect(zones).toEqual(["example.com"]);
    expect((await records()).map((one) => one.name).sort()).toEqual(["*.example.com", "example.com"]);
    expect((await running.client.zones.settings.get("ssl", { zone_id: zone }) as any).value).toBe("strict");
  });

  it("has nothing to do a second time, nor after a refresh", async () => {
    await program.must("preview", "--expect-no-changes", "-s", "one");
    await program.must("refresh", "--yes", "--skip-preview", "--expect-no-changes", "-s", "one");
  });

  it("changes records in place, and mends what somebody changed by hand", async () => {
    program.write(source(request, "192.0.2.2"));
    expect(await up()).toMatch(/2 updated/);
    const [first] = await records();
    await running.client.dns.records.delete(first!.id, { zone_id: zone });
    await program.must("refresh", "--yes", "--skip-preview", "-s", "one");
    expect(await up()).toMatch(/1 created/);
    expect((await records()).map((one) => (one as any).content)).toEqual(["192.0.2.2", "192.0.2.2"]);
  });

  it("makes a new certificate where the old one was revoked", async () => {
    const before = (await program.outputs("one")).pem;
    const [certificate] = (await running.client.originCACertificates.list({ zone_id: zone })).result;
    await running.client.originCACertificates.delete(certificate!.id!);
    await program.must("refresh", "--yes", "--skip-preview", "-s", "one");
    await up();
    expect((await program.outputs("one")).pem).not.toBe(before);
  });

  it("says which request a wrong token failed at", async () => {
    program.environment["CLOUDFLARE_API_TOKEN"] = "x".repeat(40);
    const { code, text } = await program.pulumi("refresh", "--yes", "--skip-preview", "-s", "one");
    program.environment["CLOUDFLARE_API_TOKEN"] = token;
    expect(code).not.toBe(0);
    expect(text).toMatch(/Cloudflare answered GET .* with 40[13].*check CLOUDFLARE_API_TOKEN/);
  });

  it("deletes all but the setting, which has no absence", async () => {
    await program.must("destroy", "--yes", "--skip-preview", "-s", "one");
    expect(await records()).toEqual([]);
    expect((await running.client.originCACertificates.list({ zone_id: zone })).result).toEqual([]);
  });
});
