import { describe, expect, it } from "vitest";
import type { Platform } from "../support/platform.ts";

export const tenantSuite = (platform: () => Platform) => describe("the tenants command", () => {
  it("makes the database agree, twice without a change, and never deletes", async () => {
    const { ask, tenants } = platform();
    const one = { slug: "one", name: "One", hostnames: ["one.example", "www.one.example"], limits: { users: 5 } };
    const two = { slug: "two", name: "Two" };
    expect(await tenants([one, two])).toMatchObject({ created: 2, updated: 0, unchanged: 0 });
    expect(await tenants([one, two])).toMatchObject({ created: 0, updated: 0, unchanged: 2 });

    // A hostname passes from one to the other within one run.
    expect(await tenants([{ ...one, hostnames: ["one.example"] }, { ...two, hostnames: ["www.one.example"] }])).toMatchObject({ updated: 2, unchanged: 0 });
    expect((await ask("www.one.example", "/version")).json.tenant).toBe("two");

    expect(await tenants([{ ...one, hostnames: ["one.example"], status: "suspended", limits: {} }])).toMatchObject({ updated: 1, unchanged: 0, created: 0 });
    expect((await ask("one.example", "/api/usage")).status).toBe(403);
    expect((await ask("two", "/api/usage")).status).toBe(200);

    expect(await tenants([{ ...one, hostnames: ["one.example"] }])).toMatchObject({ updated: 1 });
    expect((await ask("one", "/api/usage")).json.users).toEqual({ used: 0, limit: 5 });
    expect(await tenants([])).toMatchObject({ created: 0, updated: 0, unchanged: 0 });
    expect((await ask("one", "/version")).json.tenant).toBe("one");
  });

  it("refuses a hostname that somebody else has, and changes nothing", async () => {
    const { ask, tenants } = platform();
    await tenants([{ slug: "owner", name: "Owner", hostnames: ["owned.example"] }]);
    await expect(tenants([{ slug: "thief", name: "Thief", hostnames: ["owned.example"] }])).rejects.toThrow("A hostname belongs to a tenant that is not in the list; nothing was changed.");
    expect((await ask("thief", "/version")).json.tenant).toBeNull();
  });
});
