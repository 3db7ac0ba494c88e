/** What the journal knows of a customer's erasures that were killed or failed: counts and archive are of the time before anything went. */
import type { Journal, StepRecord } from "../journal/journal.ts";
import type { Counted } from "./facts.ts";

export interface Archive { /** In the folder of exports. */ file: string; bytes: number; sha256: string }

export interface Earlier {
  /** As counted before the first of them removed something; null: nothing was removed yet. */
  counted: Counted | null;
  archive: Archive | null;
  /** Removed from the store; null: none of them came so far. */
  backups: number | null;
  /** The customer's own server began to go. */
  destroying: boolean;
  /** The certificate was written, and only what follows it is left. */
  certificate: string | null;
  /** The first that removed something: the certificate goes by its name, whichever run writes it. */
  operation: string | null;
}

export const NOTHING_EARLIER: Earlier = { counted: null, archive: null, backups: null, destroying: false, certificate: null, operation: null };

/** Operations about one customer that are looked at. */
const MOST = 50;

export async function earlierOf(journal: Pick<Journal, "about" | "steps">, slug: string): Promise<Earlier> {
  const operations = await journal.about("erase", slug, MOST);
  const done = operations.findIndex(({ outcome }) => outcome === "ok");
  const open = done < 0 ? operations : operations.slice(0, done);
  return judgeEarlier(await Promise.all(open.map(({ id }) => journal.steps(id))));
}

/** The steps of each, newest first. Pure. */
export function judgeEarlier(list: readonly (readonly Pick<StepRecord, "operation" | "step" | "outcome" | "detail">[])[]): Earlier {
  // What was only prepared counts for nothing: the customer may have come back since.
  const begun = list.filter((steps) => steps.some(({ step }) => step === "erase"));
  const details = (wanted: string): string[] => begun.flat().flatMap(({ step, outcome, detail }) => step === wanted && outcome === "ok" && detail !== null ? [detail] : []);
  const removed = details("backups").map(backupsIn);
  const counts = details("count").flatMap((text) => countIn(text) ?? []);
  return {
    counted: counts.length === 0 ? null : counts.reduce(most),
    archive: archiveIn(details("export")[0]), backups: removed.length === 0 ? null : Math.max(...removed), destroying: begun.flat().some(({ step }) => step === "destroy"), certificate: details("certificate")[0] ?? null,
    operation: begun.at(-1)?.[0]?.operation ?? null,
  };
}

/** Of each the larger: nothing comes in while a customer is suspended, so the larger is the older. */
export function most(one: Counted, other: Counted): Counted {
  const tables = [...new Set([...Object.keys(one.rows), ...Object.keys(other.rows)])];
  return {
    rows: Object.fromEntries(tables.map((table) => [table, Math.max(one.rows[table] ?? 0, other.rows[table] ?? 0)])),
    files: one.files.count >= other.files.count ? one.files : other.files,
  };
}

export const backupWords = (removed: number): string => `${removed} ${removed === 1 ? "backup" : "backups"} of it alone`;
const backupsIn = (text: string): number => Number.parseInt(text, 10) || 0;

export const archiveWords = ({ file, bytes, sha256 }: Archive): string => `${file}, ${bytes} bytes, SHA-256 ${sha256}`;

/** `public.orders 12, public.users 3; 4 files, 1200 bytes`: for people, and to be read again. */
export const countWords = ({ rows, files }: Counted): string =>
  `${Object.entries(rows).map(([table, amount]) => `${table} ${amount}`).join(", ") || "no rows"}; ${files.count} ${files.count === 1 ? "file" : "files"}, ${files.bytes} bytes`;

export function countIn(text: string): Counted | null {
  const [, rows, count, size] = /^(.*); (\d+) files?, (\d+) bytes$/.exec(text) ?? [];
  if (rows === undefined) return null;
  const tables = rows === "no rows" ? [] : rows.split(", ").map((part) => [part.slice(0, part.lastIndexOf(" ")), Number(part.slice(part.lastIndexOf(" ") + 1))] as const);
  return { rows: Object.fromEntries(tables), files: { count: Number(count), bytes: Number(size) } };
}

function archiveIn(text: string | undefined): Archive | null {
  const [, file, bytes, sha256] = /^(.+), (\d+) bytes, SHA-256 ([0-9a-f]{64})$/.exec(text ?? "") ?? [];
  return sha256 ? { file: file!, bytes: Number(bytes), sha256 } : null;
}
