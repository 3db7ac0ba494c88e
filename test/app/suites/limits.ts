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
    expect(answers.map(({ headers }) => headers["ratelimit-remaining"])).toEqual(["3", "2", "1", "0", "0"]);
    expect(answers[4]!.headers).toMatchObject({ "ratelimit-limit": "4", "retry-after": answers[4]!.headers["ratelimit-reset"] });
    expect(answers[4]!.json.error.code).toBe("api_call_limit");
    expect((await ask("rare", "/")).status).toBe(200);
    expect((await ask("beta", "/api/tickets")).headers).not.toHaveProperty("ratelimit-limit");
  });

  it("without Redis the app serves on, unlimited, and says it is not ready", async () => {
    const lonely = await serve({ ...platform().environment, REDIS_URL: "redis://127.0.0.1:1" });
    try {
      const answer = await ask(lonely.port, `rare.${domain}`, "/api/tickets");
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty("ratelimit-limit");
      const ready = await ask(lonely.port, "127.0.0.1", "/health/ready");
      expect(ready).toMatchObject({ status: 503, json: { ok: false, reasons: [expect.stringContaining("redis: ")] } });
      expect(lonely.log()).toContain("API calls are not limited and events not told until it does");
    } finally {
      expect(await lonely.stop()).toBe(0);
    }
  });
});
