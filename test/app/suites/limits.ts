import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { ask } from "../support/ask.ts";
import { domain, type Platform } from "../support/platform.ts";
import { serve } from "../support/program.ts";

export const limitSuite = (platform: () => Platform) => describe("limits of the tier", () => {
  it("users: exactly as many as allowed, also when all come at once", async () => {
    const { ask } = platform();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => ask("small", "/api/users", { json: { email: `u${n}@small.example`, name: "U" } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 403, 403, 403, 403, 403, 403, 403]);
    expect(answers.find(({ status }) => status === 403)!.json.error.message).toBe("Small has 3 users, and its tier allows 3. Remove a user or move to a larger tier.");
    const made = answers.find(({ status }) => status === 201)!;
    expect((await ask("small", made.headers.location!, { method: "DELETE" })).status).toBe(204);
    expect((await ask("small", "/api/users", { json: { email: "next@small.example", name: "N" } })).status).toBe(201);
  });

  it("storage: announced, streamed and simultaneous files are held to it", async () => {
    const { ask, environment } = platform();
    const send = (size: number, streamed: boolean) =>
      ask("small", "/api/uploads?name=x", { body: streamed ? Readable.from(Array.from({ length: size / 10_000 }, () => Buffer.alloc(10_000))) : Buffer.alloc(size) });
    expect((await send(400_000, false)).status).toBe(201);
    expect(await send(700_000, false)).toMatchObject({ status: 413, json: { error: { code: "storage_limit" } } });
    expect(await send(5_000_000, true)).toMatchObject({ status: 413, json: { error: { message: expect.stringContaining("Small uses 0.4 of the 1 MB of its tier") } } });
    const both = await Promise.all([send(400_000, true), send(400_000, true)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 413]);
    expect(await readdir(join(environment["UPLOADS_PATH"]!, "small"))).toHaveLength(2);
  });

  it("API calls: counted down, then refused until the next hour", async () => {
    const { ask } = platform();
    const answers = [];
    for (let call = 0; call < 5; call += 1) answers.push(await ask("rare", "/api/tickets"));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429]);
    expect(answers.map(({ headers }) => String(headers["ratelimit"]).replace(/;t=\d+/, ""))).toEqual(['"hour";r=3', '"hour";r=2', '"hour";r=1', '"hour";r=0', '"hour";r=0']);
    expect(answers.map(({ headers }) => headers["limit-warning"])).toEqual([undefined, undefined, undefined, "hour; used=4; limit=4", "hour; used=5; limit=4"]);
    expect(answers[4]!.headers).toMatchObject({ "ratelimit-policy": '"hour";q=4;w=3600', "retry-after": String(answers[4]!.headers["ratelimit"]).replace(/.*t=/, "") });
    expect(answers[4]!.json.error.code).toBe("api_call_limit");
    expect((await ask("rare", "/")).status).toBe(200);
    expect((await ask("beta", "/api/tickets")).headers).not.toHaveProperty("ratelimit");
  });

  it("requests per minute: pages too, and only of those who may come in", async () => {
    const { ask, tenants } = platform();
    await tenants([{ slug: "hasty", name: "Hasty", limits: { requestsPerMinute: 3, apiCallsPerHour: 100 } }]);
    const first = await ask("hasty", "/api/tickets");
    expect(first.headers["ratelimit-policy"]).toBe('"minute";q=3;w=60, "hour";q=100;w=3600');
    for (let stranger = 0; stranger < 5; stranger += 1) expect((await ask("hasty", "/api/tickets", { headers: { authorization: "" } })).status).toBe(401);
    // Of ten at least four fall into one minute, wherever it ends.
    const answers = [];
    for (let turn = 0; turn < 10; turn += 1) answers.push(await ask("hasty", "/"));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused).toMatchObject({ headers: { "retry-after": expect.stringMatching(/^\d+$/) }, json: { error: { code: "request_limit", message: expect.stringContaining("Hasty has made the 3 requests a minute that its tier allows.") } } });
  });

  it("users and storage: a warning when little is left", async () => {
    const { ask, tenants } = platform();
    await tenants([{ slug: "nearly", name: "Nearly", limits: { users: 2, storageMegabytes: 1 } }]);
    const users = [];
    for (const name of ["a", "b"]) users.push(await ask("nearly", "/api/users", { json: { email: `${name}@nearly.example`, name } }));
    expect(users.map(({ headers }) => headers["limit-warning"])).toEqual([undefined, "users; used=2; limit=2"]);
    expect((await ask("nearly", "/api/uploads?name=x", { body: Buffer.alloc(800_000) })).headers["limit-warning"]).toBeUndefined();
    expect((await ask("nearly", "/api/uploads?name=x", { body: Buffer.alloc(150_000) })).headers["limit-warning"]).toBe("storage; used=950000; limit=1000000");
  });

  it("without Redis the app serves on, unlimited, and says it is not ready", async () => {
    const lonely = await serve({ ...platform().environment, REDIS_URL: "redis://127.0.0.1:1" });
    try {
      const answer = await ask(lonely.port, `rare.${domain}`, "/api/tickets", { headers: platform().as("rare") });
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty("ratelimit");
      const ready = await ask(lonely.port, "127.0.0.1", "/health/ready");
      expect(ready).toMatchObject({ status: 503, json: { ok: false, reasons: [expect.stringContaining("redis: ")] } });
      expect(lonely.log()).toContain("API calls are not limited and events not told until it does");
    } finally {
      expect(await lonely.stop()).toBe(0);
    }
  });
});
