/** A customer's credentials and erasure with the real app, a real database and the host's own scripts; only the host's lock and its containers are this machine's. */
import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Context } from "../../../deploy/context.ts";
import { makeAdmins } from "../../../deploy/credentials/admin.ts";
import { NOTHING_EARLIER } from "../../../deploy/erasure/earlier.ts";
import { countAt, type ErasureFacts } from "../../../deploy/erasure/facts.ts";
import { planErasure } from "../../../deploy/erasure/plan.ts";
import { runErasure } from "../../../deploy/erasure/run.ts";
import type { Command } from "../../../deploy/host/command.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { parseDescription } from "../../../deploy/move/description.ts";
import { LocalRunner } from "../../../deploy/remote/local.ts";
import type { Result, RunOptions } from "../../../deploy/remote/runner.ts";
import { imageOf } from "../../../deploy/rollout/release.ts";
import { appSpec, wantedOf } from "../../../deploy/rollout/wanted.ts";
import { readModel } from "../../../model/read.ts";
import { texts } from "../../model/files.ts";
import { startPostgres, type TestPostgres } from "../../support/postgres.ts";
import { outputsOf, v1 } from "../support/fleet.ts";

const main = join(import.meta.dirname, "../../../app/main.ts");
let root: string;
let database: TestPostgres;
let settings: Record<string, string>;

/** Runs the app itself where a host runs its image. */
class Here extends LocalRunner {
  override async run(command: Command, options: RunOptions = {}): Promise<Result> {
    return /^(lock|heartbeat|unlock)$/.test(String((command as string[])[3])) ? { code: 0, stdout: "taken\n", stderr: "" } : super.run(translated(command), options);
  }
}

function translated(command: Command): Command {
  if (!Array.isArray(command)) return "all" in command ? { all: command.all.map(translated) } : command;
  // A note beside the host's lock.
  if (command[3] === "note-tenants") return ["true"];
  const words = [...command as string[]].slice(command[0] === "sudo" ? 2 : 0);
  const [run, image] = [words.findIndex((word, at) => word === "docker" && words[at + 1] === "run"), words.indexOf(imageOf(v1))];
  if (run >= 0) words.splice(run, image - run + 1, process.execPath, main);
  return words.map((word, at) => word === "postgres" && words[at - 2] === "exec" ? database.container : word);
}

const app = (words: string[], input = ""): string => execFileSync(process.execPath, [main, ...words], { env: { ...process.env, ...settings }, input, encoding: "utf8" });

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "etage-life-"));
  database = await startPostgres();
  for (const [name, text] of Object.entries(texts([["c", "    name: Acme\n", "    name: Acme\n    status: leaving\n    eraseOn: \"2026-01-01\"\n"]]))) writeFileSync(join(root, name), text);
  const secret = join(root, "database-url");
  writeFileSync(secret, await database.url("app"));
  settings = { DATABASE_URL_FILE: secret, UPLOADS_PATH: join(root, "data/uploads"), DOMAIN: "example.com", RELEASE: "v1" };
  Object.assign(process.env, settings);
  app(["migrate"]);
  // As the host was told before the customer left.
  const { fleet } = readModel(root);
  app(["tenants"], JSON.stringify(fleet.host("shared")!.customers.map((customer) => ({ ...customer, status: "active" }))));
  for (const slug of ["acme", "birch"]) {
    const file = randomUUID();
    mkdirSync(join(root, "data/uploads", slug), { recursive: true });
    writeFileSync(join(root, "data/uploads", slug, file), slug);
    await database.sql("app", `insert into orders (organisation_id, reference) select id, 'order ' || n from organisations, generate_series(1, 20) n where slug = '${slug}';
      insert into uploads (organisation_id, name, content_type, size_bytes, sha256, file) select id, 'one', 'text/plain', ${slug.length}, '${createHash("sha256").update(slug).digest("hex")}', '${file}' from organisations where slug = '${slug}';`);
  }
});
afterAll(async () => {
  for (const name of Object.keys(settings)) delete process.env[name];
  await database.stop();
  rmSync(root, { recursive: true });
});

it("an admin gets a password, and the customer who leaves leaves nothing but its archive and a certificate", async () => {
  const { fleet } = readModel(root);
  const runner = new Here("shared");
  const outputs = { ...outputsOf("shared"), dataPath: join(root, "data") };
  const journal = openSqlite(":memory:");
  const report = { event() {}, text() {}, data() {} };
  const context = {
    root, journal, report, now: () => new Date(), environment: { operator: "ada", machine: "laptop" }, shortId: () => randomUUID().slice(0, 6), signal: new AbortController().signal,
    get fleet() { return readModel(root).fleet; }, reread() {}, connect: async () => runner, outputs: async () => outputs,
  } as unknown as Context;
  const host = fleet.host("shared")!;
  const spec = appSpec(fleet.platform, outputs, wantedOf(fleet.platform, host, outputs, v1), "task", new Date());
  expect(await makeAdmins(runner, spec, [{ slug: "acme", email: "info@acme.com", url: "https://acme.example.com/" }, { slug: "nobody", email: "n@n.com", url: "" }])).toEqual([
    { slug: "acme", email: "info@acme.com", password: expect.stringMatching(/.{12}/), url: "https://acme.example.com/" }, expect.objectContaining({ message: expect.stringContaining("no organisation nobody") }),
  ]);

  const now = { host, outputs, release: v1, seen: { moves: [], dumps: [], tenants: "another" } } as unknown as NonNullable<ErasureFacts["now"]>;
  const of = (slug: string) => parseDescription(app(["describe", slug]), "v1");
  const { tenancy, folders } = of("acme");
  const others = await countAt(context, "birch", now, of("birch").tenancy, of("birch").folders);
  const counted = await countAt(context, "acme", now, tenancy, folders);
  expect(counted).toEqual({ rows: { "public.organisations": 1, "public.hostnames": 1, "public.users": 1, "public.orders": 20, "public.uploads": 1 }, files: { count: 1, bytes: 4 } });
  const facts: ErasureFacts = { customer: fleet.customer("acme")!.customer, host: "shared", dedicated: false, now, counted, folders, tenancy, stack: false, unsound: null, earlier: NOTHING_EARLIER };
  const summary = await runErasure(context, facts, planErasure(fleet.platform, facts, { early: false, now: new Date() }), { wait: 0, report });
  expect(summary).toMatchObject({ ok: true, failure: null, came: "24 rows, 1 file (1 kB)" });

  expect(await countAt(context, "acme", now, tenancy, folders)).toEqual({ rows: {}, files: { count: 0, bytes: 0 } });
  expect(await countAt(context, "birch", now, of("birch").tenancy, of("birch").folders)).toEqual(others);
  const { sha256, ...paper } = JSON.parse(readFileSync(summary.certificate!, "utf8")) as { sha256: string; erased: object; archive: { file: string; sha256: string } };
  expect(createHash("sha256").update(JSON.stringify(paper)).digest("hex")).toBe(sha256);
  expect(paper).toMatchObject({ erased: counted, left: { rows: 0, files: 0 } });
  const archive = join(root, ".etage/exports", paper.archive.file);
  expect(createHash("sha256").update(readFileSync(archive)).digest("hex")).toBe(paper.archive.sha256);
  expect(execFileSync("tar", ["-tf", archive], { encoding: "utf8" })).toMatch(/manifest\.json[^]*tables\/orders\/[^]*end\.json/);
  expect([readdirSync(join(root, "data/backups/goodbye")), readModel(root).fleet.customer("acme")]).toEqual([[], undefined]);
  await journal.close();
}, 60_000);
