import { createHash } from "node:crypto";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack as newPack, type Pack } from "tar-stream";
import type { Doors } from "../database/doors.ts";
import { OperatorError } from "../errors.ts";
import { isStored, readStored } from "../resources/files.ts";
import type { KnownTenant } from "../tenants/known.ts";
import { archivedTables, version, type End, type Manifest } from "./format.ts";
import { columnsOf, readRows } from "./rows.ts";

interface StoredFile { file: string; size: number; sha256: string }

export interface ExportOptions {
  /** Where files are stored. */
  root: string;
  release: string;
  /** Files that are gone are left out together with their rows, and named in the end; otherwise they are a fault. */
  allowMissing: boolean;
}

/** Writes a tenant as an archive (format.ts) and returns what it holds. Its rows are as of one moment. Throws OperatorError. */
export async function exportArchive(doors: Doors, tenant: KnownTenant, { root, release, allowMissing }: ExportOptions, output: Writable): Promise<End> {
  const pack = newPack();
  const written = pipeline(pack, output);
  written.catch(() => { /* Said again below. */ });
  try {
    const tables = {} as End["tables"];
    // The files' own turn comes when the rows' transaction has ended: they may take long, and never change.
    const { files, missing } = await doors.inTenant(tenant.id, "isolation level repeatable read read only", async (sql) => {
      const columns = Object.fromEntries(await Promise.all(archivedTables.map(async (table) => [table, await columnsOf(sql, table)])));
      const manifest: Manifest = { format: "tenant-archive", version, slug: tenant.slug, name: tenant.name, release, exportedAt: new Date().toISOString(), tables: columns };
      await put(pack, "manifest.json", JSON.stringify(manifest, undefined, 2));
      const stored = await sql<StoredFile[]>`select file, size_bytes as size, sha256 from uploads where organisation_id = ${tenant.id} order by id`;
      const missing = new Set<string>();
      if (allowMissing) for (const { file } of stored) if (!await isStored(root, tenant.slug, file)) missing.add(file);
      for (const table of archivedTables) {
        const hash = createHash("sha256");
        let [rows, part] = [0, 0];
        for await (const all of readRows(sql, tenant.id, table)) {
          const lines = table === "uploads" ? all.filter((line) => !missing.has((JSON.parse(line) as { file: string }).file)) : all;
          if (lines.length === 0) continue;
          const text = lines.map((line) => `${line}\n`).join("");
          hash.update(text);
          rows += lines.length;
          await put(pack, `tables/${table}/${String(part += 1).padStart(6, "0")}.ndjson`, text);
        }
        tables[table] = { rows, sha256: hash.digest("hex") };
      }
      return { files: stored.filter(({ file }) => !missing.has(file)), missing: [...missing] };
    });
    for (const file of files) await putFile(pack, root, tenant.slug, file);
    const end: End = { tables, files: { count: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0), ...(missing.length > 0 ? { missing } : {}) } };
    await put(pack, "end.json", JSON.stringify(end, undefined, 2));
    pack.finalize();
    await written;
    return end;
  } catch (error) {
    pack.destroy();
    throw error;
  }
}

/** Resolves when the reader has room for more. */
const put = (pack: Pack, name: string, text: string): Promise<void> =>
  new Promise((resolve, reject) => pack.entry({ name, mode: 0o600 }, text, (error) => (error ? reject(error) : resolve())));

async function putFile(pack: Pack, root: string, slug: string, { file, size, sha256 }: StoredFile): Promise<void> {
  const content = await readStored(root, slug, file);
  if (!content) throw new OperatorError(`The file ${file} of ${slug} is gone. If it was removed just now, export again.`);
  const hash = createHash("sha256");
  content.on("data", (chunk) => hash.update(chunk));
  await pipeline(content, pack.entry({ name: `files/${file}`, size, mode: 0o600 }));
  if (hash.digest("hex") !== sha256) throw new OperatorError(`The file ${file} of ${slug} on disk is not the one that was uploaded (SHA-256 differs). Restore it from a backup.`);
}
