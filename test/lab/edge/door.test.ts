/** Whom the edge lets in, and whom it turns away before any origin is asked. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent } from "node:https";
import { connect as connectTls } from "node:tls";
import { describe, expect, it } from "vitest";
import { host, openSite } from "./site.ts";

const { lab, edge, set, serve, open, visit } = openSite();

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

it("shows nobody a certificate for a name it does not serve", async () => {
  const socket = connectTls({ host: lab.loopback, port: edge.httpsPort, servername: "elsewhere.org", rejectUnauthorized: false });
  await expect(once(socket, "secureConnect")).rejects.toThrow();
});
