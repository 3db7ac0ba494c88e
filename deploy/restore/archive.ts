/** What an archive says of itself. */
import { z } from "zod";
import { UserError } from "../errors.ts";

const manifest = z.object({ format: z.literal("tenant-archive"), version: z.number(), slug: z.string(), name: z.string(), release: z.string(), exportedAt: z.string(), tables: z.record(z.string(), z.array(z.string())) });
const end = z.object({ tables: z.record(z.string(), z.object({ rows: z.int(), sha256: z.string() })), files: z.object({ count: z.int(), bytes: z.number(), missing: z.array(z.string()).optional() }) });

/** A note when files were gone; `where` they were looked for. */
export const missingNotes = ({ files: { missing = [] } }: ArchiveEnd, where: string): string[] =>
  missing.length === 0 ? [] : [`${missing.length === 1 ? "one file is" : `${missing.length} files are`} ${where}; ${missing.length === 1 ? "its row is" : "their rows are"} left out: ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}`];

export type ArchiveManifest = z.infer<typeof manifest>;
export type ArchiveEnd = z.infer<typeof end>;
export interface Archive { manifest: ArchiveManifest; end: ArchiveEnd }

/** Two lines of JSON, the manifest and the end. @throws UserError when it is no whole archive. */
export function parseArchive(text: string, where: string): Archive {
  const [first = "", last = ""] = text.trim().split("\n");
  try {
    return { manifest: manifest.parse(JSON.parse(first)), end: end.parse(JSON.parse(last)) };
  } catch (error) {
    throw new UserError(`${where} is no whole archive of a customer`, { hint: "docs/app-contract.md says what it holds; export it again", cause: error });
  }
}

/** What `import` prints: the same end, as it found it. */
export function parseImported(text: string): ArchiveEnd {
  return end.parse(JSON.parse(text.trim().split("\n").findLast((line) => line.startsWith("{")) ?? "null"));
}

/** Whether everything that was exported came in. */
export const sameEnd = (one: ArchiveEnd, other: ArchiveEnd): boolean =>
  one.files.count === other.files.count && one.files.bytes === other.files.bytes
  && Object.keys({ ...one.tables, ...other.tables }).every((table) => one.tables[table]?.rows === other.tables[table]?.rows && one.tables[table]?.sha256 === other.tables[table]?.sha256);
