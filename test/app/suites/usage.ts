import { createServer } from "node:net";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { ask } from "../support/ask.ts";
import { domain, type Platform } from "../support/platform.ts";
import { run, serve, work } from "../support/program.ts";
import { readEvents } from "../support/streams.ts";

const host = `metered.${domain}`;

export const usageSuite = (platform: () => Platform) => describe("usage", () => {
  it("requests and bytes are kept by tenant and hour; strangers count as requests, not as calls", async () => {
    const { tenants, as, environment, database } = platform();
    await tenants([{ slug: "metered", name: "Metered", limits: { users: 10, monthlyMegabytes: 100 } }]);
    const headers = as("metered");
    const server = await serve(environment);
    await ask(server.port, host, "/api/uploads?name=u", { body: Buffer.alloc(500_000), headers });
    const list = (await ask(server.port, host, "/api/uploads", { headers })).json;
    await ask(server.port, host, `/api/uploads/${list.items[0].id}/content`, { headers });
    await ask(server.port, host, "/api/uploads");
    await ask(server.port, "127.0.0.1", "/version");
    expect(await server.stop()).toBe(0);
    const [row] = await database<Record<string, number>[]>`select requests, api_calls, bytes_in, bytes_out, extract(epoch from date_trunc('hour', now()) - hour)::int as ago from usage_hours join organisations on id = organisation_id where slug = 'metered'`;
    expect(row).toMatchObject({ requests: 4, apiCalls: 3, ago: 0 });
    for (const bytes of [row!["bytesIn"]!, row!["bytesOut"]!]) {
      expect(bytes).toBeGreaterThan(500_000);
      expect(bytes).toBeLessThan(510_000);
    }
  });

  it("the worker looks at users and files; tenants and operators can read what is billed", async () => {
    const { ask: toMain, environment } = platform();
    await toMain("metered", "/api/users", { json: { email: "u@metered.example", name: "U" } });
    const worker = await work(environment);
    const hours = async () => (await toMain("metered", "/api/usage/hours")).json.items;
    try {
      await expect.poll(async () => (await hours()).at(-1)).toMatchObject({ users: 1, storageBytes: 500_000 });
    } finally {
      expect(await worker.stop()).toBe(0);
    }
    // What the main app counts is added every few seconds.
    const counted = (await hours()).reduce((sum: number, hour: { requests: number }) => sum + hour.requests, 0);
    expect(counted).toBeGreaterThanOrEqual(4);
    const { stdout } = await run(["usage"], environment);
    expect(JSON.parse(stdout).tenants.find(({ slug }: { slug: string }) => slug === "metered")).toMatchObject({
      name: "Metered", status: "active", users: 1, storageBytes: 500_000, requests: expect.any(Number), apiCalls: expect.any(Number), mostApiCalls: expect.any(Number),
      limits: { users: 10, storageMegabytes: null, apiCallsPerHour: null, requestsPerMinute: null, monthlyMegabytes: 100 },
    });
    expect((await toMain("metered", "/api/usage/hours?from=2026-01-01T00:00:00Z&until=2026-06-01T00:00:00Z")).status).toBe(400);
  });

  it("`usage` looks itself at whom nobody has looked at in this hour, and prints a line for each month", async () => {
    const { tenants, environment, ask: toMain } = platform();
    await tenants([{ slug: "just-come", name: "Just come" }]);
    await toMain("just-come", "/api/users", { json: { email: "u@just-come.example", name: "U" } });
    const month = new Date().toISOString().slice(0, 7);
    const { stdout } = await run(["usage", "--month", "2026-01", "--month", month], environment);
    const lines = stdout.trim().split("\n").map((line) => JSON.parse(line) as { month: string; tenants: { slug: string; users: number | null }[] });
    expect(lines.map((line) => [line.month, line.tenants.find(({ slug }) => slug === "just-come")!.users])).toEqual([["2026-01", null], [month, 1]]);
  });

  it("a tenant whose rows refuse to be written holds up nobody's count", async () => {
    const { environment, database, as } = platform();
    const [row] = await database<{ id: number }[]>`select id from organisations where slug = 'metered'`;
    await database.unsafe(`create function refuse_usage() returns trigger language plpgsql as $$ begin raise exception 'fenced'; end $$;
      create trigger fence before insert or update on usage_hours for each row when (new.organisation_id = ${row!.id}) execute function refuse_usage()`);
    const counted = async (slug: string) => (await database<{ requests: number }[]>`select sum(requests)::int as requests from usage_hours join organisations on id = organisation_id where slug = ${slug}`)[0]!.requests ?? 0;
    const before = [await counted("metered"), await counted("beta")];
    const server = await serve(environment);
    await ask(server.port, host, "/api/tickets", { headers: as("metered") });
    await ask(server.port, `beta.${domain}`, "/api/tickets", { headers: as("beta") });
    expect(await server.stop()).toBe(0);
    await database.unsafe("drop trigger fence on usage_hours; drop function refuse_usage()");
    expect([await counted("metered"), await counted("beta")]).toEqual([before[0], before[1]! + 1]);
  });

  it("the monthly volume is held, from what the table says", async () => {
    const { environment, database, as } = platform();
    await database`update usage_hours set bytes_out = 99_900_000 where organisation_id = (select id from organisations where slug = 'metered')`;
    const server = await serve(environment);
    try {
      const call = () => ask(server.port, host, "/api/tickets", { headers: as("metered") });
      expect((await call()).headers["ratelimit"]).toBeUndefined();
      // Asked for what it counted, it reads the month.
      await expect.poll(async () => (await call()).headers["ratelimit-policy"], { timeout: 15_000, interval: 500 }).toMatch(/^"month";q=100000000;qu="content-bytes";w=\d+$/);
      const refused = await call();
      expect(refused).toMatchObject({ status: 429, json: { error: { code: "volume_limit" } } });
      expect(refused.headers["limit-warning"]).toMatch(/^month; used=100\d{6}; limit=100000000$/);
      expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    } finally {
      await server.stop();
    }
  }, 30_000);

  it("Prometheus finds it on a port of its own, and customers do not", async () => {
    const { environment, as, ask: toMain } = platform();
    const free = createServer().listen(0);
    await once(free, "listening");
    const { port } = free.address() as { port: number };
    await once(free.close(), "close");
    const server = await serve({ ...environment, METRICS_PORT: String(port) });
    try {
      await toMain("beta", "/api/jobs", { json: { kind: "usage" } });
      await ask(server.port, `beta.${domain}`, "/api/tickets?status=open", { headers: as("beta") });
      const reader = await readEvents(server.port, `beta.${domain}`, as("beta"));
      const metrics = (await ask(port, "127.0.0.1", "/metrics")).text;
      reader.stop();
      for (const line of ['app_info{release="v1"} 1', 'app_requests_total{tenant="beta",status="2xx"} 1', 'app_request_seconds_count{method="GET",route="/api/tickets"} 1', 'app_event_readers{tenant="beta"} 1', "nodejs_eventloop_lag_seconds", "process_resident_memory_bytes"]) expect(metrics).toContain(line);
      expect(metrics).toMatch(/app_jobs\{state="waiting"\} \d+/);
      expect(metrics).not.toContain("status=open");
      expect((await toMain("beta", "/metrics")).status).toBe(404);
    } finally {
      await server.stop();
    }
  });
});
