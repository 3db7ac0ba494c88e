import { readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "vitest";
import { organisationId } from "../../../app/tenants/identity.ts";
import type { Platform } from "../support/platform.ts";
import { run, runBinary } from "../support/program.ts";

const { extract, pack } = createRequire(join(import.meta.dirname, "../../../app/package.json"))("tar-stream") as { extract(): any; pack(): any };
type Entry = [name: string, content: Buffer];

async function unpack(archive: Buffer): Promise<Entry[]> {
  const reading = extract();
  reading.end(archive);
  const entries: Entry[] = [];
  for await (const entry of reading) entries.push([entry.header.name, await buffer(entry)]);
  return entries;
}

async function packed(entries: Entry[]): Promise<Buffer> {
  const writing = pack();
  for (const [name, content] of entries) writing.entry({ name }, content);
  writing.finalize();
  return await buffer(writing);
}

export const archiveSuite = (platform: () => Platform) => describe("export and import", () => {
  let archive: Buffer;
  const tables = ["users", "tokens", "orders", "order_items", "tickets", "uploads"];
  /** All rows of a tenant, without its key. */
  const rowsOf = async (slug: string) => Object.fromEntries(await Promise.all(tables.map(async (table) => [table,
    await platform().database.unsafe(`select (to_jsonb(t) - 'organisation_id')::text as row from ${table} t where organisation_id = ${organisationId(slug)} ${table === "tokens" ? "and kind = 'api'" : ""} order by id`)])));
  const files = async (slug: string) => (await readdir(join(platform().environment["UPLOADS_PATH"]!, slug)).catch(() => [])).sort();
  const exported = (slug: string) => runBinary(["export", slug], platform().environment);
  const imported = (input: Buffer, ...args: string[]) => runBinary(["import", ...args], platform().environment, input);

  beforeAll(async () => {
    const { ask, tenants, database } = platform();
    await tenants([{ slug: "packed", name: "Packed", limits: { users: 50 } }, { slug: "neighbour", name: "N" }]);
    const user = (await ask("packed", "/api/users", { json: { email: "o@packed.example", name: "Ö 'quoted' \"\\", role: "admin", password: "a long password" } })).json.id;
    await ask("packed", "/api/orders", { json: { reference: "P-1", userId: user, items: [{ product: "pear\nline", quantity: 2, unitPrice: 999_999_999 }, { product: "plum", quantity: 1, unitPrice: 1 }] } });
    await ask("packed", "/api/tickets", { json: { subject: "S", body: "multi\nline \u2028 text" } });
    for (const name of ["a.bin", "empty"]) await ask("packed", `/api/uploads?name=${name}`, { body: name === "empty" ? Buffer.alloc(0) : Buffer.alloc(3_000_000, name) });
    await ask("packed", "/login", { json: { email: "o@packed.example", password: "a long password" }, headers: { authorization: "" } });
    await ask("neighbour", "/api/tickets", { json: { subject: "Not to be touched" } });
    // More rows than one part holds.
    await database`insert into orders (organisation_id, reference) select ${organisationId("packed")}, 'many ' || n from generate_series(1, 2500) n`;
    const { code, stdout, stderr } = await exported("packed");
    expect([code, JSON.parse(stderr)]).toMatchObject([0, { slug: "packed", tables: { orders: { rows: 2501 } }, files: { count: 2, bytes: 3_000_000 } }]);
    archive = stdout;
  });

  it("the archive is as documented: a manifest, parts of tables, files, an end; nothing of sessions", async () => {
    const entries = await unpack(archive);
    expect(entries.map(([name]) => name.replace(/[0-9a-f-]{36}/, "*"))).toEqual([
      "manifest.json", "tables/users/000001.ndjson", "tables/tokens/000001.ndjson", "tables/orders/000001.ndjson", "tables/orders/000002.ndjson", "tables/orders/000003.ndjson",
      "tables/order_items/000001.ndjson", "tables/tickets/000001.ndjson", "tables/uploads/000001.ndjson", "files/*", "files/*", "end.json",
    ]);
    expect(JSON.parse(entries[0]![1].toString())).toMatchObject({ format: "tenant-archive", version: 1, slug: "packed", name: "Packed", release: "v1", tables: { tickets: ["id", "user_id", "subject", "body", "status", "created_at", "updated_at"] } });
    expect(entries[2]![1].toString().trimEnd().split("\n")).toHaveLength(1);
    expect(entries.some(([, content]) => content.includes(String(organisationId("packed"))))).toBe(false);
  });

  it("comes back the same, beside the living one under another name, and signs the same people in", async () => {
    const { ask } = platform();
    const { code, stdout, stderr } = await imported(archive, "--as", "copied");
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout.toString())).toMatchObject({ slug: "copied", tables: { orders: { rows: 2501 }, order_items: { rows: 2 } }, files: { count: 2 } });
    expect(await rowsOf("copied")).toEqual(await rowsOf("packed"));
    expect(await files("copied")).toEqual(await files("packed"));
    const login = await ask("copied", "/login", { json: { email: "o@packed.example", password: "a long password" }, headers: { authorization: "" } });
    expect(login.status).toBe(204);
    const headers = { cookie: /^[^;]+/.exec(login.headers["set-cookie"]![0]!)![0] };
    const [upload] = (await ask("copied", "/api/uploads", { headers })).json.items;
    expect((await ask("copied", `/api/uploads/${upload.id}/content`, { headers })).body.equals(Buffer.alloc(3_000_000, "a.bin"))).toBe(true);
    expect((await ask("copied", "/api/tickets", { json: { subject: "goes on" }, headers })).status).toBe(201);
  });

  it("replaces what is there only when told to, and then all of it", async () => {
    const { ask } = platform();
    const before = await rowsOf("packed");
    expect(await imported(archive)).toMatchObject({ code: 1, stderr: expect.stringContaining("packed has data already. Say --replace") });
    await ask("packed", "/api/tickets", { json: { subject: "after the export" } });
    await ask("packed", "/api/uploads?name=late", { body: Buffer.from("late") });
    expect((await imported(archive, "--replace")).code).toBe(0);
    expect(await rowsOf("packed")).toEqual(before);
    expect(await files("packed")).toHaveLength(2);
    expect((await ask("neighbour", "/api/tickets")).json.items).toMatchObject([{ subject: "Not to be touched" }]);
  });

  const damaged: [string, (entries: Entry[]) => Entry[], string][] = [
    ["without its end", (entries) => entries.slice(0, -1), "The archive ends too early"],
    ["without a part", (entries) => entries.filter(([name]) => name !== "tables/orders/000002.ndjson"), "1501 of 2501 rows of orders"],
    ["without a file", (entries) => entries.filter(([name], at) => !name.startsWith("files/") || at % 2), "1 files are missing"],
    ["with a changed row", (entries) => entries.map(([name, content]) => [name, name.includes("tickets") ? Buffer.from(content.toString().replace('"S"', '"T"')) : content]), "1 of 1 rows of tickets"],
    ["with a changed file", (entries) => entries.map(([name, content]) => [name, name.startsWith("files/") && content.length > 0 ? Buffer.alloc(content.length) : content]), "is damaged: its SHA-256"],
    ["with a file beside its folder", (entries) => [...entries.slice(0, -1), ["files/../../thief", Buffer.from("x")], entries.at(-1)!], 'has an entry "files/../../thief" that does not belong there'],
    ["with another table", (entries) => [...entries.slice(0, -1), ["tables/operators/000001.ndjson", Buffer.from("{}\n")], entries.at(-1)!], "that does not belong there"],
    ["of a release to come", (entries) => entries.map(([name, content]) => [name, name === "manifest.json" ? Buffer.from(content.toString().replace('"subject"', '"subject", "mood"')) : content]), "whose table tickets has mood"],
    ["of another format", (entries) => entries.map(([name, content]) => [name, name === "manifest.json" ? Buffer.from(content.toString().replace('"version": 1', '"version": 2')) : content]), "manifest.json in the archive does not fit: version"],
    ["whose rows claim another tenant", (entries) => entries.map(([name, content]) => [name, name.includes("tickets") ? Buffer.from(content.toString().replace("{", `{"organisation_id": ${organisationId("neighbour")}, `)) : content]), "1 of 1 rows of tickets"],
  ];
  it.each(damaged)("an archive %s is refused and leaves nothing behind", async (_what, change, message) => {
    const { environment, database } = platform();
    const neighbour = await rowsOf("neighbour");
    const result = await imported(await packed(change(await unpack(archive))), "--as", "victim");
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(Object.values(await rowsOf("victim")).flat()).toEqual([]);
    expect(await files("victim")).toEqual([]);
    expect((await readdir(environment["UPLOADS_PATH"]!)).filter((name) => name.startsWith(".import"))).toEqual([]);
    expect(await rowsOf("neighbour")).toEqual(neighbour);
    expect(await database`select from operators where email = 'thief'`).toHaveLength(0);
  });

  it.each([["cut off in the middle", () => archive.subarray(0, archive.length / 2)], ["empty", () => Buffer.alloc(0)], ["no tar", () => Buffer.from("x".repeat(5000))]])("one that is %s is refused", async (_what, input) => {
    const { code, stderr } = await imported(input(), "--as", "victim");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^(The archive cannot be read to its end|This is no archive of a tenant)/);
    expect(Object.values(await rowsOf("victim")).flat()).toEqual([]);
  });

  it("a file that is damaged or gone on disk is not exported as if it were whole", async () => {
    const { environment, database } = platform();
    const [row] = await database<{ file: string }[]>`select file from uploads where organisation_id = ${organisationId("copied")} and size_bytes > 0`;
    const path = join(environment["UPLOADS_PATH"]!, "copied", row!.file);
    await writeFile(path, Buffer.alloc(3_000_000));
    expect(await exported("copied")).toMatchObject({ code: 1, stderr: expect.stringContaining("is not the one that was uploaded") });
    await rm(path);
    expect(await exported("copied")).toMatchObject({ code: 1, stderr: expect.stringContaining("is gone") });

    const { code, stdout } = await runBinary(["export", "copied", "--allow-missing"], environment);
    const entries = await unpack(stdout);
    const textOf = (wanted: string): string => entries.find(([name]) => name === wanted)![1].toString();
    expect([code, JSON.parse(textOf("end.json"))]).toMatchObject([0, { tables: { uploads: { rows: 1 } }, files: { count: 1, bytes: 0, missing: [row!.file] } }]);
    expect(textOf("tables/uploads/000001.ndjson")).not.toContain(row!.file);
    expect(await imported(stdout, "--as", "poorer")).toMatchObject({ code: 0 });

    await rm(join(environment["UPLOADS_PATH"]!, "copied"), { recursive: true });
    const none = await unpack((await runBinary(["export", "copied", "--allow-missing"], environment)).stdout);
    expect(none.filter(([name]) => /^(tables\/uploads|files)\//.test(name))).toEqual([]);
  });

  it("erase removes rows and files of a suspended tenant, says what there was, and touches nobody else", async () => {
    const { environment, database, tenants } = platform();
    const neighbour = await rowsOf("neighbour");
    expect(await run(["erase", "packed"], environment)).toMatchObject({ code: 1, stderr: expect.stringContaining("packed is active. Suspend it first") });
    await tenants([{ slug: "packed", name: "Packed", status: "suspended" }]);
    const { code, stdout } = await run(["erase", "packed"], environment);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { slug: "packed", rows: { orders: 2501, order_items: 2, uploads: 2, users: 1 }, files: { count: 2, bytes: 3_000_000 } }]);
    expect(Object.values(await rowsOf("packed")).flat()).toEqual([]);
    expect(await database`select from organisations where slug = 'packed'`).toHaveLength(0);
    expect(await files("packed")).toEqual([]);
    expect(await rowsOf("neighbour")).toEqual(neighbour);
    expect(await run(["erase", "packed"], environment)).toMatchObject({ code: 1, stderr: expect.stringContaining("There is no organisation packed") });
  });

  it("describe says where a tenant's data lies, without a database", async () => {
    expect(JSON.parse((await run(["describe", "helmex"], {})).stdout)).toMatchObject({
      slug: "helmex", key: 197730059287377, files: ["helmex"], hostTables: expect.arrayContaining(["workers"]),
      rows: expect.arrayContaining([{ table: "organisations", column: "id" }, { table: "orders", column: "organisation_id" }]),
    });
  });
});
