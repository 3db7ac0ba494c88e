import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { organisationId } from "../../../app/tenants/identity.ts";
import { tenantTables } from "../../../app/tenants/tables.ts";
import type { Answer } from "../support/ask.ts";
import type { Platform } from "../support/platform.ts";
import { readEvents } from "../support/streams.ts";
import { domain } from "../support/platform.ts";

const mark = "OnlyOursToKnow";
const [ours, theirs] = ["ours", "theirs"].map(organisationId) as [number, number];

/** What is sent to each kind of route that takes something. */
const bodies: Record<string, object> = {
  "POST /api/users": { email: "thief@theirs.example", name: "Thief" },
  "PATCH /api/users/:id": { name: "Thief", role: "admin" },
  "POST /api/password": { current: "password-of-ours", password: "password-of-thief" },
  "POST /api/tokens": { name: "thief", role: "admin" },
  "POST /api/orders": { reference: "T", items: [{ product: "p", quantity: 1, unitPrice: 1 }] },
  "PATCH /api/orders/:id": { status: "cancelled" },
  "POST /api/tickets": { subject: "Theirs" },
  "PATCH /api/tickets/:id": { subject: "Theirs" },
  "POST /api/jobs": { kind: "usage" },
  "POST /login": { email: "owner@ours.example", password: "password-of-ours" },
  "POST /logout": {},
};

export const isolationSuite = (platform: () => Platform) => describe("isolation", () => {
  /** Ids and names of ours that a stranger might try. */
  const paths: Record<string, string> = {};
  let session = "";
  const snapshot = async () => JSON.stringify(await Promise.all(["users", "tokens", "orders", "order_items", "tickets", "uploads", "jobs"].map((table) =>
    platform().database.unsafe(`select * from ${table} where organisation_id = ${ours} order by id`))));

  beforeAll(async () => {
    const { ask, tenants } = platform();
    await tenants([{ slug: "ours", name: mark, hostnames: ["ours.example"] }, { slug: "theirs", name: "Theirs" }]);
    const made: Record<string, Answer> = {
      users: await ask("ours", "/api/users", { json: { email: "owner@ours.example", name: mark, role: "admin", password: "password-of-ours" } }),
      tokens: await ask("ours", "/api/tokens", { json: { name: mark } }),
      orders: await ask("ours", "/api/orders", { json: { reference: mark, items: [{ product: mark, quantity: 1, unitPrice: 1 }] } }),
      tickets: await ask("ours", "/api/tickets", { json: { subject: mark, body: mark } }),
      uploads: await ask("ours", `/api/uploads?name=${mark}`, { body: Buffer.from(mark) }),
      jobs: await ask("ours", "/api/jobs", { json: { kind: "usage" } }),
    };
    for (const [kind, { status, headers }] of Object.entries(made)) {
      expect([kind, status]).toEqual([kind, kind === "jobs" ? 202 : 201]);
      paths[kind] = headers.location!;
    }
    const login = await ask("ours", "/login", { json: bodies["POST /login"], headers: { authorization: "" } });
    session = /^[^;]+/.exec(login.headers["set-cookie"]![0]!)![0];
  });

  it("no path of the app tells or changes anything of another tenant's", async () => {
    const { ask, as, routes } = platform();
    const before = await snapshot();
    const strangers: [string, string, Record<string, string>][] = [
      ["another tenant at its own address", "theirs", as("theirs")],
      ["another tenant at our address", "ours", as("theirs")],
      ["nobody at our address", "ours.example", { authorization: "" }],
      ["our session at another address", "theirs", { authorization: "", cookie: session }],
      ["an invented token", "ours", { authorization: "Bearer etage_invented" }],
    ];
    const streams = ["GET /events", "GET /events/socket"];
    const tried: string[] = [];
    for (const route of await routes()) {
      const [method, path] = route.split(" ") as [string, string];
      if (streams.includes(route) || path === "/login") continue;
      const kind = /^\/api\/(\w+)/.exec(path)?.[1] ?? "";
      const target = path.replace(/^\/api\/\w+\/:id/, paths[kind] ?? "").replace(/^\/api\/uploads$/, "/api/uploads?name=x").replace("/reports/slow", "/reports/slow?seconds=0");
      expect(target).not.toContain(":");
      for (const [who, host, headers] of strangers) {
        const body = kind === "uploads" && method === "POST" ? { body: Buffer.from("x") } : bodies[route] ? { json: bodies[route] } : {};
        const answer = await ask(host, target, { method, headers, ...body });
        const told = answer.text.replaceAll(`<h1>${mark}</h1>`, "").replaceAll(`<title>${mark}</title>`, "");
        expect(told, `${route} for ${who}`).not.toContain(mark);
        const own = who === "another tenant at its own address";
        if (!own && path.startsWith("/api/")) expect([401, 403], `${route} for ${who}`).toContain(answer.status);
        if (own && path.includes(":id")) expect(answer.status, `${route} for ${who}`).toBe(404);
        tried.push(`${who}: ${route}`);
      }
    }
    expect(tried.length).toBeGreaterThan(150);
    expect(await snapshot()).toBe(before);
    expect((await ask("ours", `${paths["uploads"]}/content`)).text).toBe(mark);
  });

  it("a password of one tenant opens no other, and events are told to nobody else", async () => {
    const { ask, as, server } = platform();
    const login = (host: string) => ask(host, "/login", { json: bodies["POST /login"], headers: { authorization: "" } });
    expect((await login("theirs")).status).toBe(401);
    expect((await login(domain)).status).toBe(401);
    for (const headers of [as("theirs"), {}, { cookie: session }]) {
      const host = "cookie" in headers ? `theirs.${domain}` : `ours.${domain}`;
      await expect(readEvents(server.port, host, headers)).rejects.toThrow("answered 401");
    }
  });

  it.each(tenantTables)("a statement on %s without a filter finds one tenant's rows, and none for nobody", async (table) => {
    const { doors, database } = platform();
    const among = async (sql: { unsafe(text: string): PromiseLike<readonly unknown[]> }) => await sql.unsafe(`select distinct organisation_id as tenant from ${table}`);
    expect((await among(database)).length, "rows of several tenants").toBeGreaterThan(0);
    const rows = await doors.inTenant(theirs, "", (sql) => among(sql));
    expect(rows.filter((row) => (row as { tenant: number }).tenant !== theirs)).toEqual([]);
    expect(await doors.inTenant(0, "", async (sql) => { await sql.unsafe("select set_config('app.tenant', '', true)"); return await among(sql); })).toEqual([]);
  });

  it.each(["users", "tokens", "orders", "order_items", "tickets", "uploads", "jobs"])("a statement that names another tenant's %s changes nothing", async (table) => {
    const before = await snapshot();
    await platform().doors.inTenant(theirs, "", async (sql) => {
      expect((await sql.unsafe(`update ${table} set created_at = now()`.replace("order_items set created_at = now()", "order_items set quantity = 9"))).count).toBeLessThan(10);
      expect((await sql.unsafe(`delete from ${table} where organisation_id = ${ours}`)).count).toBe(0);
      expect((await sql.unsafe(`select from ${table} where organisation_id = ${ours}`)).count).toBe(0);
    });
    expect(await snapshot()).toBe(before);
    const stolen = platform().doors.inTenant(theirs, "", (sql) => sql.unsafe(`update ${table} set organisation_id = ${ours}`).then(() => sql.unsafe("select 1/0")));
    await expect(stolen).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|22012)$/) });
    await expect(platform().doors.inTenant(theirs, "", (sql) => sql.unsafe(`insert into tickets (organisation_id, subject) values (${ours}, 'x')`))).rejects.toThrow("row-level security");
  });

  it("the platform's door has no way to customers' data, and the tenants' door none to its own way out", async () => {
    const { doors } = platform();
    for (const table of ["users", "orders", "order_items", "tickets", "uploads"]) await expect(doors.platform.unsafe(`select from ${table}`)).rejects.toMatchObject({ code: "42501" });
    for (const text of ["alter table users disable row level security", "drop policy tenant on users", "create table mine ()", "select * from operators", "set role postgres", `insert into usage_hours values (${theirs}, date_trunc('hour', now()))`]) {
      await expect(doors.inTenant(theirs, "", (sql) => sql.unsafe(text)), text).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|22023)$/) });
    }
  });

  it("a row cannot refer to another tenant's row, neither through the API nor in SQL", async () => {
    const { ask, database } = platform();
    const user = Number(paths["users"]!.split("/").at(-1));
    expect(await ask("theirs", "/api/tickets", { json: { subject: "Mine", userId: user } })).toMatchObject({ status: 409, json: { error: { code: "refers_to_nothing", message: "What user id refers to does not exist." } } });
    await expect(database`insert into tickets (organisation_id, user_id, subject) values (${theirs}, ${user}, 'Mine')`).rejects.toMatchObject({ code: "23503" });
  });

  it("files lie in folders of their tenant", async () => {
    const { database, environment } = platform();
    const [row] = await database<{ file: string }[]>`select file from uploads where organisation_id = ${ours}`;
    expect(await readFile(`${environment["UPLOADS_PATH"]}/ours/${row!.file}`, "utf8")).toBe(mark);
  });
});
