/** One customer taken back to a time by the app's own commands: its rows and files come back, nobody else's change. */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { organisationId } from "../../../app/tenants/identity.ts";
import { readArchive, writeArchive } from "../../../deploy/host/archive.ts";
import { dropScratch, restoreScratch, scratchName, type ScratchSpec, shipWal, startScratch } from "../../../deploy/host/scratch.ts";
import { gatherFiles } from "../../../deploy/host/snapshots.ts";
import { mustRun } from "../../../deploy/remote/runner.ts";
import { parseArchive, parseImported, sameEnd } from "../../../deploy/restore/archive.ts";
import { type ComparedTable, compareRows, parseCompared } from "../../../deploy/restore/compare.ts";
import { run } from "../../app/support/program.ts";
import { type BackedUp, openDatabase } from "./backed-up.ts";

const TABLES = ["users", "tokens", "orders", "order_items", "tickets", "uploads"];
const acme = organisationId("acme");
let host: BackedUp;
let scratch: ScratchSpec;
let before: string;

const addressOf = (container: string): Promise<string> => host.docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container);
const environment = async (container: string, uploads: string): Promise<Record<string, string>> =>
  ({ DATABASE_URL: `postgres://app:hidden-word@${await addressOf(container)}:5432/app`, UPLOADS_PATH: uploads, RELEASE: "v1" });
/** The app's command in the words of a host. */
const words = async (container: string, uploads: string, ...command: string[]): Promise<string[]> =>
  ["env", ...Object.entries(await environment(container, uploads)).map(([name, value]) => `${name}=${value}`), process.execPath, join(import.meta.dirname, "../../../app/main.ts"), ...command];
const sums = (is: "=" | "<>"): Promise<string> => host.sql(TABLES.map((table) => `select '${table}', count(*), md5(string_agg(t::text, ',' order by t::text)) from ${table} t where organisation_id ${is} ${acme}`).join(" union all ") + " order by 1");

beforeAll(async () => {
  host = await openDatabase();
  const own = await environment(host.container, join(host.folder, "uploads"));
  expect(await run(["migrate"], own)).toMatchObject({ code: 0 });
  const tenants = ["acme", "beta"].map((slug) => ({ slug, name: slug, hostnames: [`${slug}.example.com`], status: "active", limits: {} }));
  expect(await run(["tenants"], own, JSON.stringify(tenants))).toMatchObject({ code: 0 });
  const content = "a file of acme";
  const file = randomUUID();
  mkdirSync(join(host.folder, "uploads/acme"));
  writeFileSync(join(host.folder, "uploads/acme", file), content);
  await host.sql(`insert into users (organisation_id, email, name) select id, 'ada@' || slug || '.example', 'Ada "the first"' from organisations;
    insert into orders (organisation_id, reference, user_id) select u.organisation_id, 'order ' || n, u.id from users u, generate_series(1, 50) n;
    insert into order_items (organisation_id, order_id, product, quantity, unit_price) select organisation_id, id, E'thing\\twith\\\\tabs', 1, 100 from orders;
    insert into uploads (organisation_id, name, content_type, size_bytes, sha256, file) values (${acme}, 'a.txt', 'text/plain', ${content.length}, '${createHash("sha256").update(content).digest("hex")}', '${file}');`);
  await host.backup();
  await host.sql(`update orders set status = 'paid' where organisation_id = ${acme} and reference = 'order 7'`);
  before = await sums("=");
  await sleep(1200);
  scratch = { slug: "acme", living: host.container, database: { user: "app", name: "app" }, stanza: "shared", at: new Date().toISOString(), folder: join(host.folder, "restore/acme") };
  await sleep(1200);
  await host.sql(`delete from orders where organisation_id = ${acme} and reference like 'order 1%'; delete from uploads where organisation_id = ${acme}; update users set name = 'Eve' where organisation_id = ${acme};
    insert into orders (organisation_id, reference) select id, 'later' from organisations;`);
});
afterAll(async () => {
  await host?.runner.run(dropScratch("acme", [join(host.folder, "restore")]));
  await host?.remove();
});

it("comes back whole, and the others are as they were", async () => {
  const { runner, folder } = host;
  const [archive, files] = [join(folder, "restore/acme/acme.tar"), join(folder, "restore/acme/uploads")];
  await mustRun(runner, "ship", shipWal(scratch, 30));
  await mustRun(runner, "restore", restoreScratch(scratch), { timeout: 120_000 });
  await mustRun(runner, "start", startScratch(scratch, 60), { timeout: 120_000 });
  expect(await run(["migrate"], await environment(scratchName("acme"), files))).toMatchObject({ code: 0 });
  await mustRun(runner, "files", gatherFiles({ dataPath: folder, into: files, folders: ["acme"], snapshots: [], group: 10001 }));
  const { manifest, end } = parseArchive(await mustRun(runner, "archive", writeArchive(archive, await words(scratchName("acme"), files, "export", "acme"))), archive);
  expect(manifest).toMatchObject({ slug: "acme" });
  expect(end.files.count).toBe(1);

  const compared = parseCompared(await mustRun(runner, "compare", compareRows({
    slug: "acme", living: host.container, database: scratch.database, archive, key: acme, tables: TABLES.map((table) => ({ table, column: "organisation_id" })),
  })));
  const rows = ({ table, comes, goes, changes }: ComparedTable) => [table, comes.rows, goes.rows, changes.rows];
  expect(compared.map(rows)).toEqual([["users", 0, 0, 1], ["tokens", 0, 0, 0], ["orders", 11, 1, 0], ["order_items", 11, 0, 0], ["tickets", 0, 0, 0], ["uploads", 1, 0, 0]]);

  const others = await sums("<>");
  const imported = parseImported(await mustRun(runner, "import", readArchive(archive, await words(host.container, join(folder, "uploads"), "import", "--as", "acme", "--replace"))));
  expect(sameEnd(end, imported)).toBe(true);
  expect(await sums("=")).toBe(before);
  expect(await sums("<>")).toBe(others);
}, 240_000);
