/** Origin CA: the CSR is read for real, the certificate is real. */
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { originAuthority } from "../../../lab/ca.ts";
import { isRevoked } from "../../../lab/cloudflare/certificates.ts";
import { cloudflareWithClient, temporaryLab, type ApiAndClient } from "../temporary-lab.ts";

const lab = temporaryLab();
let running: ApiAndClient;
let zone: string;

beforeAll(async () => {
  running = await cloudflareWithClient(lab);
  zone = (await running.client.zones.create({ account: {}, name: "example.com" })).id;
});
afterAll(async () => {
  await running.api.close();
  lab.remove();
});

/** openssl, so that the request comes from somebody else's library. */
function csr(...key: string[]): string {
  const args = ["req", "-new", "-newkey", ...key, "-nodes", "-keyout", join(lab.directory, "key.pem"), "-subj", "/CN=example.com"];
  return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

const ecc = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

it.each([
  ["origin-ecc", ecc, 5475],
  ["origin-rsa", ["rsa:2048"], 365],
] as const)("signs an %s request", async (request_type, key, requested_validity) => {
  const made = await running.client.originCACertificates.create({
    csr: csr(...key), hostnames: ["example.com", "*.example.com"], request_type, requested_validity,
  });
  const certificate = new X509Certificate(made.certificate!);
  const authority = new X509Certificate((await originAuthority(lab)).pem);
  expect(certificate.verify(authority.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey).toBeTypeOf("function");
  expect(certificate.checkHost("shop.example.com")).toBe("*.example.com");
  expect(certificate.checkHost("a.b.example.com")).toBeUndefined();
  expect(certificate.subjectAltName).toBe("DNS:example.com, DNS:*.example.com");
  const days = (certificate.validToDate.getTime() - Date.now()) / 86_400_000;
  expect(days).toBeCloseTo(requested_validity, 0);
  expect(BigInt(`0x${certificate.serialNumber}`).toString()).toBe(made.id);
});

it("lists by zone, gets, revokes", async () => {
  const made = await running.client.originCACertificates.create({ csr: csr(...ecc), hostnames: ["a.example.com"], request_type: "origin-ecc", requested_validity: 7 });
  const serial = new X509Certificate(made.certificate!).serialNumber;
  const ids = async () => (await running.client.originCACertificates.list({ zone_id: zone })).result.map((one) => one.id);
  expect(await ids()).toContain(made.id);
  expect(isRevoked(running.api.store, serial)).toBe(false);
  await running.client.originCACertificates.delete(made.id!);
  expect(await ids()).not.toContain(made.id);
  expect(isRevoked(running.api.store, serial)).toBe(true);
  expect(await running.ask("GET", `/certificates/${made.id}`)).toMatchObject({ status: 200, body: { result: { revoked_at: expect.any(String) } } });
});

it.each([
  ["a foreign hostname", { hostnames: ["elsewhere.org"] }, 1010],
  ["a wildcard in the middle", { hostnames: ["a.*.example.com"] }, 1010],
  ["no hostname", { hostnames: [] }, 1003],
  ["an odd validity", { requested_validity: 8 }, 1005],
  ["no CSR", { csr: "hello" }, 1002],
  ["a key of another kind", { request_type: "origin-rsa" }, 1002],
])("refuses %s", async (_, change, code) => {
  const good = { csr: csr(...ecc), hostnames: ["example.com"], request_type: "origin-ecc", requested_validity: 7 };
  expect(await running.ask("POST", "/certificates", { ...good, ...change })).toMatchObject({ status: 400, body: { errors: [{ code }] } });
});

it("refuses a CSR whose signature does not fit", async () => {
  const body = csr(...ecc);
  const bytes = Buffer.from(body.replace(/-----[^-]+-----|\s/g, ""), "base64");
  bytes[bytes.length - 5]! ^= 1;
  const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
  const answer = await running.ask("POST", "/certificates", { csr: forged, hostnames: ["example.com"], request_type: "origin-ecc", requested_validity: 7 });
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ code: 1002 }] } });
});

it("asks for a zone when listing", async () => {
  expect(await running.ask("GET", "/certificates")).toMatchObject({ status: 400, body: { errors: [{ code: 1012 }] } });
});
