import { describe, expect, it } from "vitest";
import { ask } from "../support/ask.ts";
import { domain, type Platform } from "../support/platform.ts";
import { serve } from "../support/program.ts";

const html = { headers: { accept: "text/html,*/*" } };

export const hostSuite = (platform: () => Platform) => describe("hosts", () => {
  it.each([["acme", "acme"], ["shop.acme.example", "acme"], [`ACME.${domain}:443`, "acme"], [domain, null], ["10.0.0.1:3000", null], ["nobody", null], ["asleep", "asleep"]])("%s: the version path says who it is for", async (host, tenant) => {
    const answer = await platform().ask(host, "/version");
    expect(answer).toMatchObject({ status: 200, json: { release: "v1", tenant } });
    expect(answer.headers["x-release"]).toBe("v1");
    expect(answer.headers["x-tenant"]).toBe(tenant ?? undefined);
  });

  it.each(["/health/live", "/health/ready"])("%s is answered by address", async (path) => {
    const answer = await platform().ask("127.0.0.1", path);
    expect(answer).toMatchObject({ status: 200, json: { ok: true } });
    if (path === "/health/ready") expect(answer.json.milliseconds).toEqual({ database: expect.any(Number), redis: expect.any(Number) });
    expect(answer.headers["x-release"]).toBe("v1");
  });

  it.each(["nobody", "127.0.0.1", "elsewhere.example", `x.acme.${domain}`])("%s is not found", async (host) => {
    expect(await platform().ask(host, "/api/users")).toMatchObject({ status: 404, json: { error: { code: "unknown_host" } } });
    const page = await platform().ask(host, "/", html);
    expect(page.status).toBe(404);
    expect(page.text).toContain("<p>There is no organisation at this address.");
  });

  it("the platform's own address has a page and no API", async () => {
    expect((await platform().ask(domain, "/", html)).text).toContain(`<h1>${domain}</h1>`);
    expect((await platform().ask(domain, "/api/users")).status).toBe(404);
  });

  it("a suspended tenant is told so, and keeps its rows", async () => {
    const page = await platform().ask("asleep", "/", html);
    expect(page.status).toBe(403);
    expect(page.text).toContain("<h1>Suspended</h1>");
    expect(page.text).toContain("Asleep is suspended. Its data is kept");
    expect((await platform().ask("asleep", "/api/users")).status).toBe(403);
  });

  it("a suspended tenant may get 402 instead", async () => {
    const server = await serve({ ...platform().environment, SUSPENDED_STATUS: "402" });
    const page = await ask(server.port, `asleep.${domain}`, "/", html);
    expect(page).toMatchObject({ status: 402, text: expect.stringContaining("<h1>Suspended</h1>") });
    expect((await ask(server.port, `asleep.${domain}`, "/version")).status).toBe(200);
    expect(await server.stop()).toBe(0);
  });

  it("a tenant's page shows its name and release, escaped", async () => {
    const page = await platform().ask("acme", "/", html);
    expect(page.text).toContain("<h1>Acme &amp; Sons</h1>");
    expect(page.text).toContain("Release v1");
  });

  it("broken requests get a sentence and the release", async () => {
    for (const [path, status] of [["/%zz", 400], ["/nothing", 404]] as const) {
      const answer = await platform().ask("acme", path);
      expect(answer).toMatchObject({ status, json: { error: { message: expect.any(String) } } });
      expect(answer.headers["x-release"]).toBe("v1");
    }
  });
});
