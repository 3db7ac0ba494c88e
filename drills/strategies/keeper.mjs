// An app that keeps no customers' rows beside one another: each customer's tickets lie in a database of its own, or, of
// those that FILES names, are files. Of docs/app-contract.md as much as an update and a move ask for.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import postgres from "postgres";

const { FILES = "", UPLOADS_PATH: uploads, DATABASE_URL_FILE, DOMAIN, RELEASE = "dev", PORT, DRAIN_SECONDS = "30" } = process.env;
const [name = "serve", ...words] = process.argv.slice(2);

const url = () => new URL(readFileSync(DATABASE_URL_FILE, "utf8").trim());
const databaseOf = (slug) => `${url().pathname.slice(1)}_${slug.replaceAll("-", "_")}`;
const pools = new Map();
/** The customer's database, or the host's own. */
function pool(slug) {
  const known = pools.get(slug);
  if (known) return known;
  const there = url();
  if (slug !== undefined) there.pathname = `/${databaseOf(slug)}`;
  const made = postgres(there.href, { max: 4, idle_timeout: 20, onnotice: () => {} });
  pools.set(slug, made);
  return made;
}
const codeOf = (promise, code, otherwise) => promise.catch((error) => { if (error.code !== code) throw error; return otherwise; });

const SCHEMA = `
  create table if not exists tickets (id uuid primary key default gen_random_uuid(), number bigint generated always as identity, subject text not null, at timestamptz not null default now());
  create table if not exists tokens (name text primary key, hash text not null)`;
async function makeDatabase(slug) {
  await codeOf(pool().unsafe(`create database ${databaseOf(slug)}`), "42P04");
  await pool(slug).begin(async (sql) => {
    await sql`select pg_advisory_xact_lock(1)`;
    await sql.unsafe(SCHEMA);
  });
}

/** Whole or not at all; what is half written is nowhere where the customer's files are. */
function put(path, content) {
  const beside = join(uploads, `.${randomUUID()}`);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(beside, content);
  renameSync(beside, path);
}
const listOf = (folder) => (existsSync(folder) ? readdirSync(folder) : []);
const hash = (token) => createHash("sha256").update(token).digest("hex");

const keeps = {
  databases: {
    there: async (slug) => (await pool()`select from pg_database where datname = ${databaseOf(slug)}`).length > 0,
    add: async (slug, subject) => (await pool(slug)`insert into tickets (subject) values (${subject}) returning id`)[0].id,
    list: async (slug) => (await pool(slug)`select id, subject from tickets order by number desc limit 10`),
    admit: async (slug, who, hashed) => { await pool(slug)`insert into tokens values (${who}, ${hashed}) on conflict (name) do update set hash = excluded.hash`; },
    admits: async (slug, hashed) => (await pool(slug)`select from tokens where hash = ${hashed}`).length > 0,
  },
  files: {
    there: async (slug) => existsSync(join(uploads, slug)),
    add: async (slug, subject) => { const id = randomUUID(); put(join(uploads, slug, "tickets", id), subject); return id; },
    list: async (slug) => listOf(join(uploads, slug, "tickets")).slice(0, 10).map((id) => ({ id, subject: readFileSync(join(uploads, slug, "tickets", id), "utf8") })),
    admit: async (slug, who, hashed) => put(join(uploads, slug, "tokens", who), hashed),
    admits: async (slug, hashed) => listOf(join(uploads, slug, "tokens")).some((who) => readFileSync(join(uploads, slug, "tokens", who), "utf8") === hashed),
  },
};
const kept = (slug) => (FILES.split(",").includes(slug) ? "files" : "databases");
const keepOf = (slug) => keeps[kept(slug)];

/** Whom the host was told of. Who came by a move is known by what lies there. */
const hosted = () => (existsSync(join(uploads, "hosted.json")) ? JSON.parse(readFileSync(join(uploads, "hosted.json"), "utf8")) : []);
const tenantOf = (host) => hosted().find(({ slug, hostnames }) => host === `${slug}.${DOMAIN}` || hostnames.includes(host)) ?? stranger(host);
function stranger(host) {
  const slug = host.slice(0, -DOMAIN.length - 1);
  return /^[a-z0-9-]+$/.test(slug) && host === `${slug}.${DOMAIN}` ? { slug, status: "active" } : undefined;
}

async function answer(request, draining) {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  const { pathname } = new URL(request.url, "http://app");
  if (pathname === "/health/live") return [200, { ok: true }];
  if (pathname === "/health/ready") {
    const began = performance.now();
    await pool()`select 1`;
    return draining ? [503, { ok: false, reasons: ["draining"] }] : [200, { ok: true, reasons: [], milliseconds: { database: Math.round(performance.now() - began), redis: 0 } }];
  }
  const tenant = tenantOf(host);
  const known = tenant !== undefined && await keepOf(tenant.slug).there(tenant.slug);
  if (pathname === "/version") return [200, { release: RELEASE, tenant: known ? tenant.slug : null }, known ? tenant.slug : undefined];
  if (!known) return [404, { detail: "nobody is hosted here" }];
  const { slug, status } = tenant;
  if (status !== "active") return [403, { detail: "suspended" }, slug];
  if (pathname === "/") return [200, { slug }, slug];
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (!token || !await keepOf(slug).admits(slug, hash(token))) return [401, { detail: "who are you?" }, slug];
  if (pathname !== "/api/tickets") return [404, { detail: "there are tickets only" }, slug];
  if (request.method === "POST") return [201, { id: await keepOf(slug).add(slug, JSON.parse(await text(request)).subject) }, slug];
  return [200, await keepOf(slug).list(slug), slug];
}

function serve() {
  let draining = false;
  // Longer than the proxy keeps a connection: who closes first loses what is just sent.
  const server = createServer({ keepAliveTimeout: 95_000 }, async (request, response) => {
    const [status, body, slug] = await answer(request, draining).catch((error) => {
      console.log(JSON.stringify({ release: RELEASE, error: error.message }));
      return [503, { detail: error.message }];
    });
    response.writeHead(status, { "content-type": "application/json", "x-release": RELEASE, ...slug ? { "x-tenant": slug } : {}, ...draining ? { connection: "close" } : {} }).end(JSON.stringify(body));
  });
  server.listen(Number(PORT));
  process.on("SIGTERM", () => {
    draining = true;
    setTimeout(() => process.exit(1), DRAIN_SECONDS * 1000).unref();
    server.close(() => process.exit(0));
    setInterval(() => server.closeIdleConnections(), 50).unref();
  });
}

const say = (value) => console.log(JSON.stringify(value));
const commands = {
  async migrate() {
    for (const { slug } of hosted()) if (kept(slug) === "databases" && await keepOf(slug).there(slug)) await makeDatabase(slug);
  },
  migrations: () => say([]),
  async tenants() {
    const told = JSON.parse(await text(process.stdin));
    put(join(uploads, "hosted.json"), JSON.stringify(told));
    for (const { slug } of told) {
      if (kept(slug) === "databases") await makeDatabase(slug);
      else mkdirSync(join(uploads, slug), { recursive: true });
    }
  },
  describe: () => say({ key: words[0], files: [words[0]] }),
  disconnect: () => {},
  async token() {
    const at = words.indexOf("--name");
    const [slugs, who] = at < 0 ? [words, "cli"] : [words.filter((_, place) => place !== at && place !== at + 1), words[at + 1]];
    const made = Object.fromEntries(slugs.map((slug) => [slug, randomBytes(24).toString("base64url")]));
    for (const [slug, token] of Object.entries(made)) await keepOf(slug).admit(slug, who, hash(token));
    say(made);
  },
};

if (name === "serve") serve();
else if (commands[name]) {
  await commands[name]();
  process.exit(0);
} else {
  console.error(`there is no command ${name}`);
  process.exit(1);
}
