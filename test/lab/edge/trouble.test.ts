/** Origins that the edge must not trust, and origins in trouble. */
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ports } from "../../../lab/edge/forward.ts";
import { byOriginCa, byStranger } from "./origin.ts";
import { address, host, openSite } from "./site.ts";

const { lab, store, record, set, serve, raw, visit } = openSite();

describe("the origin's certificate", () => {
  const ok: RequestListener = (_request, response) => void response.end("ok");
  it.each([
    ["strict", "by a stranger", () => byStranger(lab, [host]), 526],
    ["strict", "for another name", () => byOriginCa(lab, ["other.example.com"]), 526],
    ["strict", "for a wildcard that does not reach", () => byOriginCa(lab, ["*.shop.example.com"]), 526],
    ["strict", "expired", () => byOriginCa(lab, [host], -0.01), 526],
    ["strict", "good", () => byOriginCa(lab, [host]), 200],
    ["full", "by a stranger", () => byStranger(lab, ["elsewhere.org"]), 200],
  ])("%s, %s", async (mode, _, pem, status) => {
    await set("ssl", mode);
    await serve(ok, await pem());
    expect((await visit()).status).toBe(status);
  });
  it("is checked anew in strict mode, though a connection stands from full mode", async () => {
    await serve(ok, await byStranger(lab, [host]));
    await set("ssl", "full");
    expect((await visit()).status).toBe(200);
    await set("ssl", "strict");
    expect((await visit()).status).toBe(526);
  });
  it("is not trusted any more once revoked", async () => {
    const pem = await byOriginCa(lab, [host]);
    const id = BigInt(`0x${new X509Certificate(pem.certificate).serialNumber}`).toString();
    store().certificates.put({ id, certificate: pem.certificate, csr: "", expires_on: "", hostnames: [host], request_type: "origin-ecc", requested_validity: 7, revoked_at: "now" });
    await serve(ok, pem);
    expect(await visit()).toMatchObject({ status: 526, text: expect.stringContaining("revoked") });
  });
  it("plays no part in flexible mode, which goes to port 80", async () => {
    await set("ssl", "flexible");
    await serve((request, response) => void response.end(request.headers["x-forwarded-proto"]), "plain");
    expect(await visit()).toMatchObject({ status: 200, text: "https" });
  });
});

describe("an origin in trouble", () => {
  it("521: refuses the connection", async () => {
    expect(await visit()).toMatchObject({ status: 521, text: expect.stringMatching(/^error code: 521\n/) });
  });
  it("525: does not speak TLS", async () => {
    await raw((socket) => void socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).on("error", () => {}), ports.https);
    expect((await visit()).status).toBe(525);
  });
  it("520: hangs up without a word", async () => {
    await serve((request) => void request.socket.destroy());
    expect((await visit()).status).toBe(520);
  });
  it("520: answers something that is not HTTP", async () => {
    await set("ssl", "flexible");
    await raw((socket) => void socket.on("data", () => socket.end("hello\r\n\r\n")).on("error", () => {}), ports.http);
    expect((await visit()).status).toBe(520);
  });
  it("524: takes the request and never answers", async () => {
    await serve(() => {});
    expect((await visit()).status).toBe(524);
  });
  it("522: never takes the connection", async () => {
    // A server that stands still with its queue full: the kernel drops further handshakes, as a firewall would.
    const script = `require("net").createServer().listen({host:"${address}",port:${ports.https},backlog:1},()=>console.log("up"))`;
    const still = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
    await once(still.stdout, "data");
    still.kill("SIGSTOP");
    const queue = Array.from({ length: 4 }, () => connect(ports.https, address).on("error", () => {}));
    await sleep(100);
    const start = performance.now();
    expect((await visit()).status).toBe(522);
    expect(performance.now() - start).toBeGreaterThan(590);
    for (const socket of queue) socket.destroy();
    still.kill("SIGKILL");
    await once(still, "exit");
  });
  it("530: its name has no address", async () => {
    expect(await visit({ name: "astray.example.com" })).toMatchObject({ status: 530, text: expect.stringContaining("1016") });
  });
  it("uses another of its addresses when one is down", async () => {
    await record({ name: "two", content: "127.77.251.8", proxied: true });
    await record({ name: "two", content: address, proxied: true });
    await serve((_request, response) => void response.end("ok"));
    for (let n = 0; n < 6; n++) expect((await visit({ name: "two.example.com", method: "POST", body: "x" })).status).toBe(200);
  });
});
