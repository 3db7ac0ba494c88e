/** The edge between a visitor and real origins. */
import { spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { connect, createServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { rootAuthority, rootCertificatePath } from "../../../lab/ca.ts";
import { ports } from "../../../lab/edge/forward.ts";
import { startEdge } from "../../../lab/edge/server.ts";
import { cloudflareWithClient, freePort, temporaryLab, type ApiAndClient } from "../temporary-lab.ts";
import { byOriginCa, byStranger, close, origin } from "./origin.ts";

const lab = temporaryLab();
const host = "shop.example.com";
const address = "127.77.251.9";
let running: ApiAndClient;
let edge: { close(): Promise<void> };
let zone: string;
let httpPort: number;
let httpsPort: number;
const servers: Server[] = [];

beforeAll(async () => {
  running = await cloudflareWithClient(lab);
  zone = (await running.client.zones.create({ account: {}, name: "example.com" })).id;
  await record({ name: "*", content: address, proxied: true });
  await record({ name: "unproxied", content: address });
  await record({ name: "astray", type: "CNAME", content: "nowhere.example.org", proxied: true });
  await rootAuthority(lab);
  ports.http = await freePort(address);
  ports.https = await freePort(address);
  httpPort = await freePort(lab.loopback);
  httpsPort = await freePort(lab.loopback);
  edge = await startEdge(lab, running.api.store, { httpPort, httpsPort, connectTimeoutMs: 600, answerTimeoutMs: 600 });
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map(close));
  await set("ssl", "strict");
  await set("always_use_https", "off");
  await set("min_tls_version", "1.0");
});
afterAll(async () => {
  await edge.close();
  await running.api.close();
  lab.remove();
});

const record = (body: object) => running.ask("POST", `/zones/${zone}/dns_records`, { type: "A", ttl: 1, ...body });
const set = (setting: string, value: string) => running.ask("PATCH", `/zones/${zone}/settings/${setting}`, { value });

async function serve(handler: RequestListener, pem?: Awaited<ReturnType<typeof byOriginCa>> | "plain") {
  const secure = pem === "plain" ? undefined : (pem ?? (await byOriginCa(lab, ["example.com", "*.example.com"])));
  const server = await origin(address, secure ? ports.https : ports.http, secure, handler);
  servers.push(server);
  return server;
}

interface Visit {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  name?: string;
  agent?: Agent;
  plain?: boolean;
}

function open({ method = "GET", path = "/", headers = {}, name = host, agent, plain = false }: Visit = {}) {
  const common = { host: lab.loopback, method, path, headers: { host: name, ...headers } };
  if (plain) return httpRequest({ ...common, port: httpPort });
  return httpsRequest({ ...common, port: httpsPort, servername: name, ca: readFileSync(rootCertificatePath(lab)), ...(agent ? { agent } : { agent: false }) });
}

async function visit(wish: Visit = {}): Promise<{ status: number; headers: IncomingMessage["headers"]; text: string }> {
  const sent = open(wish);
  const answered = once(sent, "response") as Promise<[IncomingMessage]>;
  sent.end(wish.body);
  const [answer] = await answered;
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) text += chunk;
  return { status: answer.statusCode!, headers: answer.headers, text };
}

describe("the way through", () => {
  it("ends TLS with the lab's certificate, asks the origin, and says so on both sides", async () => {
    await serve((request, response) => {
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.writeHead(203, { "x-origin": "yes" }).end(JSON.stringify(request.headers));
    });
    const answer = await visit({ path: "/some?thing=1", headers: { "cf-connecting-ip": "6.6.6.6", "x-forwarded-for": "7.7.7.7", "x-own": "kept" } });
    expect(answer).toMatchObject({ status: 203, headers: { server: "cloudflare", "x-origin": "yes", "set-cookie": ["a=1", "b=2"], "cf-ray": expect.stringMatching(/^[0-9a-f]{16}-LAB$/) } });
    expect(JSON.parse(answer.text)).toMatchObject({
      host, "x-own": "kept", "cf-connecting-ip": "127.0.0.1", "x-forwarded-for": "7.7.7.7, 127.0.0.1",
      "x-forwarded-proto": "https", "cf-visitor": '{"scheme":"https"}', "cf-ray": answer.headers["cf-ray"],
    });
  });
  it("carries bodies both ways, of known length and not", async () => {
    await serve((request, response) => void request.pipe(response));
    const body = Buffer.alloc(3_000_000, "etage ");
    const digest = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
    expect(digest((await visit({ method: "POST", body, headers: { "content-length": String(body.length) } })).text)).toBe(digest(body));
    expect(digest((await visit({ method: "PUT", body, headers: { "transfer-encoding": "chunked" } })).text)).toBe(digest(body));
    expect((await visit({ method: "POST" })).text).toBe("");
  });
  it("streams: the first piece arrives before the second is written", async () => {
    let more = () => {};
    await serve((_request, response) => {
      response.write("first");
      more = () => response.end("second");
    });
    const sent = open();
    sent.end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    expect(String((await once(answer, "data"))[0])).toBe("first");
    more();
    expect(String((await once(answer, "data"))[0])).toBe("second");
  });
  it("streams upwards too", async () => {
    const got: string[] = [];
    await serve((request, response) => {
      request.on("data", (chunk) => got.push(String(chunk)));
      request.on("end", () => response.end("done"));
    });
    const sent = open({ method: "POST", headers: { "transfer-encoding": "chunked" } });
    sent.write("one");
    await expect.poll(() => got).toEqual(["one"]);
    sent.end("two");
    await once(sent, "response");
    expect(got).toEqual(["one", "two"]);
  });
  it("keeps HEAD, 304 and 204 without a body", async () => {
    await serve((request, response) => void response.writeHead(request.url === "/304" ? 304 : request.url === "/204" ? 204 : 200, request.method === "HEAD" ? { "content-length": 5 } : {}).end());
    expect(await visit({ method: "HEAD" })).toMatchObject({ status: 200, headers: { "content-length": "5" } });
    expect((await visit({ path: "/304" })).status).toBe(304);
    expect((await visit({ path: "/204" })).status).toBe(204);
  });
  it("keeps connections to the origin, and survives their death", async () => {
    const sockets = new Set<Socket>();
    const server = await serve((_request, response) => void response.end("ok"));
    server.on("secureConnection", (socket: Socket) => sockets.add(socket));
    const agent = new Agent({ keepAlive: true });
    for (let n = 0; n < 20; n++) expect((await visit({ agent })).status).toBe(200);
    expect(sockets.size).toBe(1);
    for (let n = 0; n < 10; n++) {
      for (const socket of sockets) socket.destroy();
      expect((await visit({ agent })).status).toBe(200);
    }
    agent.destroy();
  });
  it("tries once more when a kept connection hangs up on a request, but only where repeating is harmless", async () => {
    const seen: string[] = [];
    const perSocket = new WeakMap<object, number>();
    await serve((request, response) => {
      const count = (perSocket.get(request.socket) ?? 0) + 1;
      perSocket.set(request.socket, count);
      seen.push(request.method!);
      if (count > 1) request.socket.destroy();
      else response.end("ok");
    });
    const statuses = async (method: string) => [(await visit()).status, (await visit({ method, body: method === "POST" ? "x" : "" })).status];
    expect(await statuses("GET")).toEqual([200, 200]);
    await sleep(20);
    expect((await statuses("POST")).at(-1)).toBe(520);
    expect(seen.filter((method) => method === "POST")).toHaveLength(1);
  });
  it("breaks the visitor's body when the origin's breaks, instead of ending it", async () => {
    await serve((_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("half");
      setTimeout(() => response.destroy(), 30);
    });
    await expect(visit()).rejects.toThrow("aborted");
  });
  it("lets go of the origin when the visitor leaves", async () => {
    const left = new Promise<void>((done) => void serve((_request, response) => void response.on("close", done)));
    await sleep(50);
    const sent = open();
    sent.on("error", () => {});
    sent.end();
    await sleep(100);
    sent.destroy();
    await left;
  });
});

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
    running.api.store.certificates.put({ id, certificate: pem.certificate, csr: "", expires_on: "", hostnames: [host], request_type: "origin-ecc", requested_validity: 7, revoked_at: "now" });
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
  async function raw(onConnection: (socket: Socket) => void, port: number) {
    const server = createServer(onConnection);
    server.listen(port, address);
    await once(server, "listening");
    servers.push(Object.assign(server, { closeAllConnections() {} }) as unknown as Server);
  }
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

describe("at the door", () => {
  it("redirects to https when the zone wants that, and only then", async () => {
    await serve((_request, response) => void response.end("plain"), "plain");
    expect(await visit({ plain: true })).toMatchObject({ status: 200, text: "plain" });
    await set("always_use_https", "on");
    expect(await visit({ plain: true, path: "/a?b" })).toMatchObject({ status: 301, headers: { location: `https://${host}/a?b` } });
  });
  it.each(["unproxied.example.com", "example.com", "elsewhere.org"])("does not answer for %s", async (name) => {
    await expect(visit({ name })).rejects.toThrow();
    expect(await visit({ name, plain: true })).toMatchObject({ status: 409, text: expect.stringContaining("1001") });
  });
  it("asks for the TLS version of the zone", async () => {
    await set("min_tls_version", "1.3");
    await serve((_request, response) => void response.end("ok"));
    expect((await visit()).status).toBe(200);
    const old = new Agent({ maxVersion: "TLSv1.2" });
    expect((await visit({ agent: old })).status).toBe(403);
  });
  it("refuses more than the plan's 100 MB", async () => {
    const sent = open({ method: "POST", headers: { "content-length": String(101 * 1024 * 1024) } });
    sent.on("error", () => {});
    sent.flushHeaders();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(413);
    sent.destroy();
  });
});

describe("WebSocket", () => {
  const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
  async function echoOrigin() {
    const server = await serve((_request, response) => void response.writeHead(403).end("no"));
    server.on("upgrade", (request, socket, head) => {
      if (request.url === "/no") return void socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Key: ${request.headers["sec-websocket-key"]}\r\n\r\nhello`);
      socket.write(head);
      socket.pipe(socket);
    });
  }
  it("is tied through both ways", async () => {
    await echoOrigin();
    const sent = open({ headers: upgrade });
    sent.end();
    const [answer, socket, head] = (await once(sent, "upgrade")) as [IncomingMessage, Socket, Buffer];
    expect(answer).toMatchObject({ statusCode: 101, headers: { upgrade: "websocket", "x-key": upgrade["sec-websocket-key"] } });
    let text = head.toString();
    socket.on("data", (chunk) => (text += chunk));
    socket.write(" and back");
    await expect.poll(() => text).toBe("hello and back");
    socket.destroy();
  });
  it("passes a refusal on", async () => {
    await echoOrigin();
    const sent = open({ headers: upgrade, path: "/no" });
    sent.end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(403);
  });
  it("says what is wrong with the origin", async () => {
    const sent = open({ headers: upgrade });
    sent.end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(521);
  });
});

it("goes through thousands of requests a minute without one failing", async () => {
  let count = 0;
  await serve((_request, response) => void response.end(String(++count)));
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const statuses = await Promise.all(Array.from({ length: 1000 }, async () => (await visit({ agent })).status));
  agent.destroy();
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(count).toBe(1000);
});

it("shows nobody a certificate for a name it does not serve", async () => {
  const socket = connectTls({ host: lab.loopback, port: httpsPort, servername: "elsewhere.org", rejectUnauthorized: false });
  await expect(once(socket, "secureConnect")).rejects.toThrow();
});
