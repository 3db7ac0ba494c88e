import { describe, expect, it } from "vitest";
import { ask } from "../support/ask.ts";
import { domain, type Platform } from "../support/platform.ts";
import { run, serve } from "../support/program.ts";
import { readEvents, readSocket } from "../support/streams.ts";

const host = `listening.${domain}`;
const ticket = (subject: string) => ({ json: { subject } });

export const streamSuite = (platform: () => Platform) => describe("events", () => {
  const headers = () => platform().as("listening");

  it("tell what changed and where, to this tenant's readers only, in every container", async () => {
    const { tenants, ask, server, environment } = platform();
    await tenants([{ slug: "listening", name: "Listening" }]);
    const second = await serve(environment);
    const readers = await Promise.all([readEvents(server.port, host, headers()), readSocket(second.port, host, { headers: headers() })]);
    const [others] = await Promise.all([readEvents(server.port, `beta.${domain}`, platform().as("beta"))]);
    for (const { events } of [...readers, others!]) await expect.poll(() => events.at(-1)?.event).toBe("begin");

    const { location } = (await ask("listening", "/api/tickets", ticket("a secret"))).headers;
    await ask("listening", location!, { method: "PATCH", json: { status: "closed" } });
    await ask("listening", location!, { method: "DELETE" });
    expect((await ask("listening", location!, { method: "DELETE" })).status).toBe(404);
    for (const { events } of readers) {
      await expect.poll(() => events.flatMap(({ data, event }) => event ? [] : data ?? [])).toEqual([
        { change: "created", path: location }, { change: "changed", path: location }, { change: "removed", path: location },
      ]);
      expect(JSON.stringify(events)).not.toContain("secret");
    }
    expect(others!.events.filter(({ event, data }) => data && !event)).toEqual([]);
    for (const reader of [...readers, others!]) reader.stop();
    expect(await second.stop()).toBe(0);
  });

  it("on SIGTERM readers are asked to come again, and then miss nothing", async () => {
    const { ask, environment } = platform();
    const leaving = await serve({ ...environment, DRAIN_SECONDS: "20" });
    const [stream, socket] = await Promise.all([readEvents(leaving.port, host, headers()), readSocket(leaving.port, host, { headers: headers() })]);
    for (const { events } of [stream, socket]) await expect.poll(() => events.at(-1)?.event).toBe("begin");
    const begun = performance.now();
    leaving.signal("SIGTERM");
    await stream.ended;
    expect(stream.events.at(-1)).toMatchObject({ event: "closing", retry: 100, data: { reason: "service restart" } });
    expect(await socket.ended).toEqual([1012, "service restart"]);
    expect(await leaving.ended).toBe(0);
    expect(performance.now() - begun).toBeLessThan(3000);

    const { location } = (await ask("listening", "/api/tickets", ticket("meanwhile"))).headers;
    const known = { stream: stream.events.findLast(({ id }) => id)!.id!, socket: socket.events.findLast(({ id }) => id)!.id! };
    const next = await serve(environment);
    const again = await Promise.all([readEvents(next.port, host, { ...headers(), "last-event-id": known.stream }), readSocket(next.port, host, { after: known.socket, headers: headers() })]);
    for (const reader of again) {
      await expect.poll(() => reader.events.at(-1)?.data).toEqual({ change: "created", path: location });
      reader.stop();
    }
    expect(await next.stop()).toBe(0);
  });

  it("`disconnect` asks one tenant's readers to come again, as after a move, and nobody else's", async () => {
    const { server, environment, as, tenants } = platform();
    await tenants([{ slug: "staying", name: "Staying" }]);
    const [stream, socket, other] = await Promise.all([readEvents(server.port, host, headers()), readSocket(server.port, host, { headers: headers() }), readEvents(server.port, `staying.${domain}`, as("staying"))]);
    for (const { events } of [stream, socket, other]) await expect.poll(() => events.at(-1)?.event).toBe("begin");
    expect(await run(["disconnect", "listening"], environment)).toMatchObject({ code: 0, stdout: '{"slug":"listening"}\n' });
    await stream.ended;
    expect(stream.events.at(-1)).toMatchObject({ event: "closing", retry: 100 });
    expect(await socket.ended).toEqual([1012, "service restart"]);
    expect(other.events.at(-1)?.event).toBe("begin");
    other.stop();
    expect(await run(["disconnect", "listening"], { ...environment, REDIS_URL: "redis://127.0.0.1:1" })).toMatchObject({ code: 1, stderr: expect.stringContaining("Redis does not answer") });
  });

  it("a reader that does not answer the farewell does not hold the process up", async () => {
    const leaving = await serve({ ...platform().environment, DRAIN_SECONDS: "20" });
    const { createConnection } = await import("node:net");
    const deaf = createConnection(leaving.port, "127.0.0.1");
    deaf.write(`GET /events/socket HTTP/1.1\r\nhost: ${host}\r\nauthorization: ${headers().authorization}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${Buffer.alloc(16).toString("base64")}\r\n\r\n`);
    await new Promise((resolve) => deaf.once("data", resolve));
    const begun = performance.now();
    expect(await leaving.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(5000);
    deaf.destroy();
  });

  it.each(["/events?after=x", "/events/socket?after=x"])("%s is refused", async (path) => {
    const upgrade = { ...headers(), connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": Buffer.alloc(16).toString("base64") };
    expect((await ask(platform().server.port, host, path, { headers: path.includes("socket") ? upgrade : headers() })).status).toBe(400);
  });

  it.each([["nobody", 404], ["asleep", 403], ["stranger", 401]])("%s has none", async (slug, status) => {
    await platform().database`insert into organisations (id, slug, name) values (1, 'stranger', 'S') on conflict do nothing`;
    expect((await platform().ask(slug, "/events")).status).toBe(status);
    await expect(readSocket(platform().server.port, `${slug}.${domain}`)).rejects.toThrow(`Unexpected server response: ${status}`);
  });
});
