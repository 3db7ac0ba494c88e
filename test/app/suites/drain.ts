import { createHash } from "node:crypto";
import { Agent, request } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ask, open } from "../support/ask.ts";
import { domain, type Platform } from "../support/platform.ts";
import { serve } from "../support/program.ts";

const host = `leaving.${domain}`;

export const drainSuite = (platform: () => Platform) => describe("drain on SIGTERM", () => {
  const headers = () => platform().as("leaving");

  it("finishes what is in flight, serves what was on its way, closes what idles, exits 0", async () => {
    await platform().tenants([{ slug: "leaving", name: "Leaving" }]);
    const items = Array.from({ length: 30 }, (_, n) => ({ product: `p${n}`, quantity: 1, unitPrice: 1 }));
    await platform().ask("leaving", "/api/orders", { json: { reference: "L", items } });
    const server = await serve({ ...platform().environment, DRAIN_SECONDS: "20" });
    const agent = new Agent({ keepAlive: true });
    await ask(server.port, host, "/version", { agent });

    const download = await open(server.port, host, "/api/orders/export?rate=15", { headers: headers() });
    const report = ask(server.port, host, "/api/reports/slow?seconds=3", { headers: headers() });
    await sleep(200);
    server.signal("SIGTERM");
    await expect.poll(() => server.log()).toContain("SIGTERM: finishing requests in flight");

    const ready = await ask(server.port, host, "/health/ready", { agent });
    expect(ready).toMatchObject({ status: 503, json: { reasons: ["draining"] } });
    expect(ready.headers.connection).toBe("close");
    expect((await ask(server.port, host, "/health/live")).status).toBe(200);
    // The proxy had sent it here before it switched.
    expect(await ask(server.port, host, "/api/users", { headers: headers() })).toMatchObject({ status: 200, headers: { connection: "close" } });

    expect(await report).toMatchObject({ status: 200, json: { seconds: 3, orders: 1 } });
    expect((await text(download)).trimEnd().split("\n")).toHaveLength(31);

    const finished = performance.now();
    expect(await server.ended).toBe(0);
    // Not held up by the 95 s for which an idle connection is otherwise kept.
    expect(performance.now() - finished).toBeLessThan(2000);
    await expect(ask(server.port, host, "/version")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    agent.destroy();
  });

  it("a large upload that has begun is stored whole", async () => {
    const server = await serve({ ...platform().environment, DRAIN_SECONDS: "20" });
    const part = Buffer.alloc(1_000_000, "upload");
    const upload = request({ port: server.port, method: "POST", path: "/api/uploads?name=large", headers: { host, ...headers() } });
    const uploaded = once(upload, "response");
    for (let parts = 0; parts < 40; parts += 1) {
      if (parts === 10) server.signal("SIGTERM");
      upload.write(part);
      await sleep(50);
    }
    upload.end();
    const [answer] = await uploaded;
    expect(answer.statusCode).toBe(201);
    const sha256 = createHash("sha256").update(Buffer.concat(Array(40).fill(part))).digest("hex");
    expect(JSON.parse(await text(answer))).toMatchObject({ sizeBytes: 40_000_000, sha256 });
    expect(await server.ended).toBe(0);
  });

  it("cuts off what takes longer than DRAIN_SECONDS, and says so", async () => {
    const server = await serve({ ...platform().environment, DRAIN_SECONDS: "0.5" });
    const download = await open(server.port, host, "/api/orders/export?rate=0.5", { headers: headers() });
    server.signal("SIGTERM");
    await expect(text(download)).rejects.toThrow("aborted");
    expect(await server.ended).toBe(1);
    expect(server.log()).toContain("cut off");
  });

  it("with nothing in flight leaves at once", async () => {
    const server = await serve(platform().environment);
    const started = performance.now();
    expect(await server.stop()).toBe(0);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
