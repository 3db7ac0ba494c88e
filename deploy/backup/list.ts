/** What the store has, of a host or of one customer. */
import { z } from "zod";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { listHostBackups } from "../host/backup.ts";
import { mustRun } from "../remote/runner.ts";
import { table } from "../report/table.ts";
import { bytes } from "../report/units.ts";

const entry = z.object({
  kind: z.enum(["database", "files", "customers"]), at: z.number(), label: z.string(), customer: z.string().nullable(), bytes: z.number().nullable(),
  rows: z.number().nullable(), files: z.number().nullable(), type: z.string().nullable(), error: z.boolean(),
});
export type BackupEntry = z.infer<typeof entry> & { host: string };

/** Newest first. Throws UserError when the host can't say. */
export async function backupsOn(context: Context, host: string, slug?: string): Promise<BackupEntry[]> {
  await context.outputs(host);
  const text = await mustRun(await context.connect(host), "listing its backups", listHostBackups(slug), { timeout: 600_000 });
  const read = z.array(entry).safeParse(JSON.parse(text));
  if (!read.success) throw new UserError(`${host}: its list of backups can't be read`, { hint: `deploy backup install ${host} brings its programs up to date` });
  return read.data.map((each) => ({ host, ...each }));
}

const HEAD = ["HOST", "KIND", "WHEN (UTC)", "LABEL", "SIZE", "WHAT"];

export function listTable(entries: readonly BackupEntry[]): string {
  if (entries.length === 0) return "The store has none.";
  return table(HEAD, entries.map(({ host, kind, at, label, bytes: size, customer, type, rows, files, error }) => [
    host, kind, new Date(at * 1000).toISOString().slice(0, 19).replace("T", " "), label, size === null ? "" : bytes(size),
    [customer, type, rows === null ? "" : `${rows} rows`, files === null ? "" : `${files} files`, error ? "damaged" : ""].filter(Boolean).join(", "),
  ]), ["SIZE"]);
}
