/** The edge carries requests, bodies and WebSockets between a visitor and a real origin. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent } from "node:https";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { host, openSite } from "./site.ts";

const { serve, open, visit } = openSite();

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
    const arrived = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    await serve((_request, response) => {
      response.on("close", left.resolve);
      arrived.resolve();
    });
    const sent = open();
    sent.on("error", () => {});
    sent.end();
    await arrived.promise;
    sent.destroy();
    await left.promise;
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
