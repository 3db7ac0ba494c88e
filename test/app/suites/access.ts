import { beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../support/ask.ts";
import { domain, type Platform } from "../support/platform.ts";
import { run } from "../support/program.ts";
import { routesOf } from "../support/routes.ts";

const anonymous = { authorization: "" };
const cookieOf = (answer: Answer) => ({ ...anonymous, cookie: /^[^;]+/.exec(answer.headers["set-cookie"]![0]!)![0] });

export const accessSuite = (platform: () => Platform) => describe("access", () => {
  const signIn = (host: string, email: string, password: string) => platform().ask(host, "/login", { json: { email, password }, headers: anonymous });
  const person = async (email: string, role: string) => {
    const made = await platform().ask("firm", "/api/users", { json: { email, name: "P", role, password: "a long password" } });
    expect(made).toMatchObject({ status: 201, json: { canSignIn: true } });
    return made.headers.location!;
  };
  beforeAll(() => platform().tenants([{ slug: "firm", name: "Firm" }]));

  it("without a login there is a page to sign in, and nothing else", async () => {
    const { ask } = platform();
    expect((await ask("firm", "/", { headers: anonymous })).text).toContain('<form method="post" action="/login">');
    const open = ["/", "/login", "/logout", "/health/live", "/health/ready", "/version"];
    for (const route of await routesOf()) {
      const [method, path] = route.split(" ") as [string, string];
      if (open.includes(path)) continue;
      const answer = await ask("firm", path.replace(":id", "1"), { method, headers: anonymous });
      expect([route, answer.status]).toEqual([route, path.startsWith("/platform") ? 404 : 401]);
    }
    expect((await ask("firm", "/api/users", { headers: anonymous })).headers["www-authenticate"]).toBe("Bearer");
  });

  it("people sign in and out; the password is never kept or told", async () => {
    const { ask, database, server } = platform();
    await person("kim@firm.example", "member");
    expect(await signIn("firm", "kim@firm.example", "wrong password")).toMatchObject({ status: 401, json: { error: { code: "wrong_login" } } });
    expect((await signIn("firm", "nobody@firm.example", "a long password")).status).toBe(401);
    const login = await signIn("firm", "KIM@firm.example", "a long password");
    expect(login.status).toBe(204);
    expect(login.headers["set-cookie"]![0]).toMatch(/^__Host-session=etage_[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const headers = cookieOf(login);
    expect((await ask("firm", "/", { headers })).text).toContain("<dt>Users</dt>");
    expect((await ask("firm", "/api/tickets", { headers })).status).toBe(200);
    expect(JSON.stringify(await database`select * from users where email like 'kim%'`)).toContain("scrypt$16384$8$5$");
    expect(server.log()).not.toContain("a long password");

    expect((await ask("firm", "/logout", { method: "POST", headers })).status).toBe(204);
    expect((await ask("firm", "/api/tickets", { headers })).status).toBe(401);
  });

  it("a form signs in, and leads home", async () => {
    await person("form@firm.example", "member");
    const answer = await platform().ask("firm", "/login", { body: Buffer.from("email=form%40firm.example&password=a+long+password"), headers: { ...anonymous, "content-type": "application/x-www-form-urlencoded" } });
    expect(answer).toMatchObject({ status: 303, headers: { location: "/" } });
  });

  it("members work, admins also say who may", async () => {
    const { ask } = platform();
    const path = await person("member@firm.example", "member");
    const headers = cookieOf(await signIn("firm", "member@firm.example", "a long password"));
    expect((await ask("firm", "/api/tickets", { json: { subject: "S" }, headers })).status).toBe(201);
    expect((await ask("firm", "/api/users", { headers })).status).toBe(200);
    for (const [what, options] of [["/api/users", { json: { email: "x@y.zz", name: "X" } }], [path, { method: "PATCH", json: { role: "admin" } }], [path, { method: "DELETE" }], ["/api/tokens", {}], ["/api/tokens", { json: { name: "n" } }]] as const) {
      expect(await ask("firm", what, { ...options, headers }), what).toMatchObject({ status: 403, json: { error: { code: "admins_only" } } });
    }
    // Another role: the session with the old one ends.
    expect((await ask("firm", path, { method: "PATCH", json: { role: "admin" } })).status).toBe(200);
    expect((await ask("firm", "/api/users", { headers })).status).toBe(401);
    const again = cookieOf(await signIn("firm", "member@firm.example", "a long password"));
    expect((await ask("firm", "/api/tokens", { headers: again })).status).toBe(200);
    expect((await ask("firm", path, { method: "DELETE" })).status).toBe(204);
    expect((await ask("firm", "/api/tokens", { headers: again })).status).toBe(401);
  });

  it("people change their own password, which ends their sessions", async () => {
    const { ask } = platform();
    await person("self@firm.example", "member");
    const headers = cookieOf(await signIn("firm", "self@firm.example", "a long password"));
    const change = (current: string, password: string) => ask("firm", "/api/password", { json: { current, password }, headers });
    expect((await change("wrong password", "another password")).status).toBe(403);
    expect((await change("a long password", "short")).status).toBe(400);
    expect((await change("a long password", "another password")).status).toBe(204);
    expect((await ask("firm", "/api/tickets", { headers })).status).toBe(401);
    expect((await signIn("firm", "self@firm.example", "another password")).status).toBe(204);
    expect((await ask("firm", "/api/password", { json: { current: "x", password: "another password" } })).json.error.code).toBe("people_only");
  });

  it("API tokens: the secret is shown once, works until removed, and has its role", async () => {
    const { ask } = platform();
    const made = await ask("firm", "/api/tokens", { json: { name: "shop", role: "member" } });
    expect(made).toMatchObject({ status: 201, json: { name: "shop", role: "member", secret: expect.stringMatching(/^etage_[\w-]{43}$/) } });
    expect((await ask("firm", "/api/tokens", { json: { name: "shop" } })).status).toBe(409);
    const headers = { authorization: `Bearer ${made.json.secret}` };
    expect((await ask("firm", "/api/orders", { headers })).status).toBe(200);
    expect((await ask("firm", "/api/tokens", { headers })).status).toBe(403);
    const list = await ask("firm", "/api/tokens");
    expect(list.text).toContain('"shop"');
    expect(list.text).not.toMatch(/secret|hash|etage_/);
    expect((await ask("firm", made.headers.location!, { method: "DELETE" })).status).toBe(204);
    expect((await ask("firm", "/api/orders", { headers })).status).toBe(401);
  });

  it("a session that is over is over", async () => {
    await person("late@firm.example", "member");
    const headers = cookieOf(await signIn("firm", "late@firm.example", "a long password"));
    await platform().database`update tokens set expires_at = now() - interval '1 second' where kind = 'session'`;
    expect((await platform().ask("firm", "/api/tickets", { headers })).status).toBe(401);
  });

  it("what another site made the browser send is refused", async () => {
    const { ask, as } = platform();
    await person("web@firm.example", "member");
    const headers = cookieOf(await signIn("firm", "web@firm.example", "a long password"));
    const post = (origin: string, more: Record<string, string> = headers) => ask("firm", "/api/tickets", { json: { subject: "S" }, headers: { ...more, origin } });
    expect((await post(`https://firm.${domain}`)).status).toBe(201);
    for (const origin of [`https://beta.${domain}`, "https://elsewhere.example", "null"]) expect(await post(origin), origin).toMatchObject({ status: 403, json: { error: { code: "forged" } } });
    // A program that sends its token says so itself.
    expect((await post("https://elsewhere.example", as("firm"))).status).toBe(201);
  });

  it("guessing is slowed down, for one name at a time", async () => {
    const answers = [];
    for (let attempt = 0; attempt < 11; attempt += 1) answers.push(await signIn("firm", "guessed@firm.example", `guess ${attempt}`));
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429]);
    expect(Number(answers[10]!.headers["retry-after"])).toBeGreaterThan(800);
    expect((await signIn("firm", "other@firm.example", "x")).status).toBe(401);
  });

  it("commands make admins, tokens and operators; an operator sees who uses what, and nobody's data", async () => {
    const { ask, environment } = platform();
    const json = async (...command: string[]) => {
      const { code, stdout, stderr } = await run(command, environment);
      expect([code, stderr]).toEqual([0, ""]);
      return JSON.parse(stdout);
    };
    const admin = await json("admin", "firm", "Boss@firm.example", "The Boss");
    expect(admin).toEqual({ slug: "firm", email: "boss@firm.example", password: expect.stringMatching(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/) });
    const headers = cookieOf(await signIn("firm", admin.email, admin.password));
    expect((await ask("firm", "/api/users?email=boss@firm.example", { headers })).json.items).toMatchObject([{ name: "The Boss", role: "admin" }]);
    const renewed = await json("admin", "firm", "boss@firm.example");
    expect((await ask("firm", "/api/users", { headers })).status).toBe(401);
    expect((await signIn("firm", renewed.email, renewed.password)).status).toBe(204);

    const { firm } = await json("token", "firm", "--name", "load", "--role", "member");
    expect((await ask("firm", "/api/orders", { headers: { authorization: `Bearer ${firm}` } })).status).toBe(200);
    await json("token", "firm", "--name", "load");
    expect((await ask("firm", "/api/orders", { headers: { authorization: `Bearer ${firm}` } })).status).toBe(401);

    const operator = await json("operator", "ops@platform.test");
    expect((await ask(domain, "/platform/tenants")).status).toBe(401);
    expect((await signIn("firm", operator.email, operator.password)).status).toBe(401);
    const session = cookieOf(await signIn(domain, operator.email, operator.password));
    const seen = await ask(domain, "/platform/tenants", { headers: session });
    expect(seen.json.items.find(({ slug }: { slug: string }) => slug === "firm")).toMatchObject({ name: "Firm", status: "active", limits: { users: null } });
    for (const path of ["/api/users", "/api/orders", "/events"]) {
      expect((await ask(domain, path, { headers: session })).status).toBe(404);
      expect((await ask("firm", path, { headers: session })).status).toBe(401);
    }
    expect((await ask("firm", "/platform/tenants")).status).toBe(404);
    expect((await ask(domain, "/logout", { method: "POST", headers: session })).status).toBe(204);
    expect((await ask(domain, "/platform/tenants", { headers: session })).status).toBe(401);
  });

  it.each([[["admin", "firm"], "Expected: admin SLUG EMAIL [NAME]"], [["token", "nobody-here"], "There is no organisation nobody-here on this host"], [["token", "--role", "king"], "Expected admin or member"], [["usage", "--month", "May"], "Expected one like 2026-11"]])("%j is explained", async (command, message) => {
    expect(await run(command, platform().environment)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});
