import { describe, expect, it } from "vitest";
import type { Platform } from "../support/platform.ts";

const samples: Record<string, { create: object; change?: object }> = {
  users: { create: { email: "owner@acme.example", name: "Owner" }, change: { name: "Thief" } },
  orders: { create: { reference: "ISO-1", items: [{ product: "pear", quantity: 1, unitPrice: 1 }] }, change: { status: "paid" } },
  tickets: { create: { subject: "Ours" }, change: { subject: "Theirs" } },
};

export const isolationSuite = (platform: () => Platform) => describe("isolation", () => {
  it.each(Object.entries(samples))("another tenant's %s do not exist", async (kind, { create, change }) => {
    const { ask } = platform();
    const made = await ask("acme", `/api/${kind}`, { json: create });
    expect(made.status).toBe(201);
    const path = made.headers.location!;
    expect((await ask("acme", path)).json).toMatchObject({ id: made.json.id });

    expect((await ask("beta", path)).status).toBe(404);
    expect((await ask("beta", path, { method: "PATCH", json: change })).status).toBe(404);
    expect((await ask("beta", path, { method: "DELETE" })).status).toBe(404);
    expect((await ask("beta", `/api/${kind}`)).json).toEqual({ items: [], next: null });
    expect((await ask("acme", path)).json).toEqual((await ask("shop.acme.example", path)).json);

    // What is unique is unique within a tenant.
    const same = await ask("beta", `/api/${kind}`, { json: create });
    expect(same.status).toBe(201);
    expect((await ask("beta", same.headers.location!, { method: "DELETE" })).status).toBe(204);
    expect((await ask("acme", path)).status).toBe(200);
  });

  it("another tenant's files do not exist", async () => {
    const { ask } = platform();
    const path = (await ask("acme", "/api/uploads?name=plan.txt", { body: Buffer.from("secret") })).headers.location!;
    for (const [what, method] of [[path, "GET"], [`${path}/content`, "GET"], [path, "DELETE"]] as const) expect((await ask("beta", what, { method })).status).toBe(404);
    expect((await ask("acme", `${path}/content`)).text).toBe("secret");
  });

  it("a row cannot refer to another tenant's row, neither through the API nor in SQL", async () => {
    const { ask, database } = platform();
    const user = (await ask("acme", "/api/users", { json: { email: "ref@acme.example", name: "Ref" } })).json.id as number;
    expect(await ask("beta", "/api/tickets", { json: { subject: "Mine", userId: user } })).toMatchObject({ status: 409, json: { error: { code: "refers_to_nothing" } } });
    const insert = database`insert into tickets (organisation_id, user_id, subject) select id, ${user}, 'Mine' from organisations where slug = 'beta'`;
    await expect(insert).rejects.toMatchObject({ code: "23503" });
  });

  it("every table's primary key and foreign keys begin with the tenant", async () => {
    const keys = await platform().database<{ table: string; type: string; first: string }[]>`
      select c.conrelid::regclass::text as table, c.contype as type, a.attname as first
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype in ('p', 'f') and c.connamespace = 'public'::regnamespace and c.conrelid not in ('schema_migrations'::regclass, 'workers'::regclass)`;
    expect(keys.length).toBeGreaterThan(12);
    expect(keys.filter(({ table, first }) => first !== (table === "organisations" ? "id" : "organisation_id"))).toEqual([]);
  });
});
