import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Platform } from "../support/platform.ts";
import { ask } from "../support/ask.ts";
import { run, serve } from "../support/program.ts";

export const startSuite = (platform: () => Platform) => describe("start", () => {
  it("takes secrets from files and never logs them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "etage-secrets-"));
    try {
      const { DATABASE_URL, REDIS_URL, ...rest } = platform().environment;
      await writeFile(join(folder, "database-url"), `${DATABASE_URL}\n`);
      await writeFile(join(folder, "redis-url"), REDIS_URL!);
      const server = await serve({ ...rest, DATABASE_URL_FILE: join(folder, "database-url"), REDIS_URL_FILE: join(folder, "redis-url") });
      await expect.poll(async () => (await ask(server.port, "127.0.0.1", "/health/ready")).status).toBe(200);
      expect((await ask(server.port, "acme.platform.test", "/api/users?email=private@acme.example", { headers: platform().as("acme") })).status).toBe(200);
      expect(await server.stop()).toBe(0);
      expect(server.log()).toContain('"tenant":"acme","method":"GET","route":"/api/users","status":200');
      for (const secret of ["app:app@", "private@acme", "etage_"]) expect(server.log()).not.toContain(secret);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("names every variable at fault", async () => {
    const { code, stderr } = await run(["serve"], { DATABASE_URL: "mysql://hidden@x", PORT: "http", UPLOADS_PATH: "relative" });
    expect(code).toBe(1);
    for (const name of ["DATABASE_URL: expected postgres://", "REDIS_URL: is missing", "DOMAIN:", "PORT:", "UPLOADS_PATH: expected an absolute path"]) expect(stderr).toContain(name);
    expect(stderr).not.toContain("hidden");
  });

  it.each([
    [{ DATABASE_URL_FILE: "/nowhere/database-url" }, "DATABASE_URL_FILE: cannot read /nowhere/database-url"],
    [{ UPLOADS_PATH: "/dev/null/uploads" }, "UPLOADS_PATH: cannot write to /dev/null/uploads"],
  ])("%j is explained", async (change, message) => {
    const { code, stderr } = await run(["serve"], { ...platform().environment, ...change });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it("a database that does not come: waits for a bounded time, alive and not ready, then ends with a sentence", async () => {
    const server = await serve({ ...platform().environment, DATABASE_URL: "postgres://app:hidden@127.0.0.1:1/app", DATABASE_WAIT_SECONDS: "1" });
    expect((await ask(server.port, "acme.platform.test", "/health/live")).status).toBe(200);
    expect((await ask(server.port, "acme.platform.test", "/health/ready")).status).toBe(503);
    expect((await ask(server.port, "acme.platform.test", "/")).json.error.code).toBe("unavailable");
    expect(await server.ended).toBe(1);
    expect(server.log()).toContain("Waiting up to 1 s for the database at 127.0.0.1:1");
    expect(server.log()).toContain("did not answer within 1 s");
    expect(server.log()).not.toContain("hidden");
  });

  it("a password that is wrong is said at once", async () => {
    const wrong = platform().environment["DATABASE_URL"]!.replace("app:app@", "app:wrong@");
    const { code, stderr } = await run(["migrate"], { DATABASE_URL: wrong });
    expect(code).toBe(1);
    expect(stderr).toContain("refuses: password authentication failed");
  });

  it("an unknown command is refused", async () => {
    expect(await run(["sevre"], {})).toMatchObject({ code: 1, stderr: expect.stringContaining("Expected one of: serve, work, workers, migrate, migrations, tenants") });
  });
});
