import { createHash, randomUUID, type Hash } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { extract as newExtract } from "tar-stream";
import type { Session } from "../database/connect.ts";
import type { Doors } from "../database/doors.ts";
import { OperatorError } from "../errors.ts";
import { pathOf, removeFile, storeFile } from "../resources/files.ts";
import type { KnownTenant } from "../tenants/known.ts";
import { archivedTables, readEnd, readManifest, type ArchivedTable, type End, type Manifest } from "./format.ts";
import { clearRows, columnsOf, hasRows, insertRows } from "./rows.ts";

export interface ImportOptions {
  /** Where files are stored. */
  root: string;
  /** Finds or makes the tenant that gets the data. */
  tenantFor(manifest: Manifest): Promise<KnownTenant>;
  /** Replace the data that the tenant has; otherwise that it has any is a fault. */
  replace: boolean;
}

/** Reads an archive (format.ts) into a tenant, whole or not at all, and returns what it held. Throws OperatorError. */
export async function importArchive(doors: Doors, input: Readable, options: ImportOptions): Promise<{ tenant: KnownTenant; end: End }> {
  const entries = entriesOf(input);
  const first = await entries.next();
  if (first.done || first.value.name !== "manifest.json") throw new OperatorError("This is no archive of a tenant: expected a tar that begins with manifest.json.");
  const manifest = readManifest(await first.value.text());
  const tenant = await options.tenantFor(manifest);
  const folder = `.import-${randomUUID()}`;
  const staging = join(options.root, folder);
  await mkdir(staging, { recursive: true });
  try {
    const { end, gone } = await doors.inTenant(tenant.id, "read write", async (sql) => {
      const old = await makeRoom(sql, tenant, options.replace);
      await checkColumns(sql, manifest);
      const reading = new Reading(sql, tenant, manifest, options.root, folder);
      for await (const entry of entries) await reading.take(entry);
      const end = reading.finish();
      // Before the rows are there for all to see. A file that is there already under this name is the same one.
      await mkdir(join(options.root, tenant.slug), { recursive: true });
      for (const file of reading.files.keys()) await rename(join(staging, file), pathOf(options.root, tenant.slug, file));
      return { end, gone: old.filter((file) => !reading.files.has(file)) };
    });
    for (const file of gone) await removeFile(options.root, tenant.slug, file);
    return { tenant, end };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

interface Entry { name: string; content: Readable; text(): Promise<string> }

async function* entriesOf(input: Readable): AsyncGenerator<Entry, void, undefined> {
  const extract = newExtract();
  input.on("error", (error) => extract.destroy(error)).pipe(extract);
  for await (const entry of whole(extract)) yield { name: entry.header.name, content: Readable.from(whole(entry)), text: () => text(whole(entry)) };
}

async function* whole<T>(stream: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    throw new OperatorError(`The archive cannot be read to its end (${(error as Error).message}). Expected a whole tar as \`export\` writes it.`);
  }
}

/** Returns the files of the data that was removed. */
async function makeRoom(sql: Session, { id, slug }: KnownTenant, replace: boolean): Promise<string[]> {
  if (replace) return await clearRows(sql, id, archivedTables);
  if (await hasRows(sql, id, archivedTables)) throw new OperatorError(`${slug} has data already. Say --replace to put the archive's in its place, or --as SLUG to import it beside.`);
  return [];
}

async function checkColumns(sql: Session, manifest: Manifest): Promise<void> {
  for (const [table, columns] of Object.entries(manifest.tables) as [ArchivedTable, string[]][]) {
    const known = await columnsOf(sql, table);
    const unknown = columns.filter((column) => !known.includes(column));
    if (unknown.length > 0) throw new OperatorError(`The archive is from release ${manifest.release}, whose table ${table} has ${unknown.join(", ")}; this one's has not. Import it with that release or a later one.`);
  }
}

/** What was read of an archive so far. */
class Reading {
  /** SHA-256 of each file that the rows speak of; null once it is there. */
  readonly files = new Map<string, string | null>();
  readonly #seen = new Map<ArchivedTable, { rows: number; hash: Hash }>(archivedTables.map((table) => [table, { rows: 0, hash: createHash("sha256") }]));
  #bytes = 0;
  #end: End | undefined;
  readonly #sql: Session;
  readonly #tenant: KnownTenant;
  readonly #manifest: Manifest;
  readonly #root: string;
  readonly #staging: string;

  constructor(sql: Session, tenant: KnownTenant, manifest: Manifest, root: string, staging: string) {
    [this.#sql, this.#tenant, this.#manifest, this.#root, this.#staging] = [sql, tenant, manifest, root, staging];
  }

  async take({ name, content, text }: Entry): Promise<void> {
    const [, table] = /^tables\/([a-z_]+)\/\d+\.ndjson$/.exec(name) ?? [];
    const [, file] = /^files\/([0-9a-f-]{36})$/.exec(name) ?? [];
    if (name === "end.json") this.#end = readEnd(await text());
    else if (file !== undefined && this.files.get(file)) await this.#store(file, content);
    else if (table !== undefined && this.#seen.has(table as ArchivedTable)) await this.#insert(table as ArchivedTable, await text());
    else throw new OperatorError(`The archive has an entry ${JSON.stringify(name)} that does not belong there.`);
  }

  async #insert(table: ArchivedTable, text: string): Promise<void> {
    const lines = text.split("\n").filter(Boolean);
    const seen = this.#seen.get(table)!;
    seen.rows += lines.length;
    seen.hash.update(text);
    try {
      await insertRows(this.#sql, this.#tenant.id, table, this.#manifest.tables[table] ?? [], lines);
      if (table === "uploads") for (const line of lines) this.#expect(JSON.parse(line));
    } catch (error) {
      throw new OperatorError(`Rows of ${table} in the archive do not fit: ${(error as Error).message}`);
    }
  }

  #expect({ file, sha256 }: { file: string; sha256: string }): void {
    this.files.set(file, sha256);
  }

  async #store(file: string, content: Readable): Promise<void> {
    const { sizeBytes, sha256 } = await storeFile(this.#root, this.#staging, file, content, Infinity, () => new Error());
    if (sha256 !== this.files.get(file)) throw new OperatorError(`The file ${file} in the archive is damaged: its SHA-256 is not the one of its row.`);
    this.files.set(file, null);
    this.#bytes += sizeBytes;
  }

  /** Throws OperatorError unless all of it was there. */
  finish(): End {
    const end = this.#end;
    if (!end) throw new OperatorError("The archive ends too early: end.json is missing. Export it again.");
    const faults = [...this.#seen].flatMap(([table, { rows, hash }]) => {
      const wanted = end.tables[table];
      return wanted?.rows === rows && wanted.sha256 === hash.digest("hex") ? [] : [`${rows} of ${wanted?.rows ?? 0} rows of ${table}`];
    });
    const missing = [...this.files.values()].filter((sha256) => sha256 !== null).length;
    if (missing > 0) faults.push(`${missing} files are missing`);
    if (faults.length > 0) throw new OperatorError(`The archive is not what was exported (${faults.join("; ")}). Export it again.`);
    return end;
  }
}
