/**
 * A tenant in a file, as docs/app-contract.md describes it: a tar with, in this order,
 *   manifest.json                    what it is (Manifest)
 *   tables/<table>/<number>.ndjson   rows as JSON, one a line, without the tenant's key; numbers from 000001
 *   files/<file>                     uploads, each by the `file` of its row
 *   end.json                         how much there was (End); an archive without it is not whole
 */
import { z } from "zod";
import { OperatorError } from "../errors.ts";

export const version = 1;

/** What a customer has. Its sessions, jobs and usage are not the customer's data and stay behind; its hostnames are the platform's to give. */
export const archivedTables = ["users", "tokens", "orders", "order_items", "tickets", "uploads"] as const;
export type ArchivedTable = (typeof archivedTables)[number];
/** Rows that do not go into an archive. */
export const leftOut: Partial<Record<ArchivedTable, string>> = { tokens: "kind <> 'api'" };

const manifest = z.object({
  format: z.literal("tenant-archive"),
  version: z.literal(version),
  slug: z.string(),
  name: z.string(),
  release: z.string(),
  exportedAt: z.iso.datetime(),
  /** Columns of each table. */
  tables: z.record(z.enum(archivedTables), z.array(z.string().regex(/^[a-z][a-z0-9_]*$/))),
});
export type Manifest = z.infer<typeof manifest>;

const end = z.object({
  /** Rows of each table, and SHA-256 over its lines. */
  tables: z.record(z.enum(archivedTables), z.object({ rows: z.int(), sha256: z.string() })),
  files: z.object({ count: z.int(), bytes: z.int(), /** Gone when it was exported: neither they nor their rows are in it. */ missing: z.array(z.string()).optional() }),
});
export type End = z.infer<typeof end>;

export const readManifest = (text: string): Manifest => read(manifest, "manifest.json", text);
export const readEnd = (text: string): End => read(end, "end.json", text);

function read<T>(schema: z.ZodType<T>, name: string, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const faults = error instanceof z.ZodError ? error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ") : (error as Error).message;
    throw new OperatorError(`${name} in the archive does not fit: ${faults}. Expected what \`export\` writes (format tenant-archive, version ${version}).`);
  }
}
