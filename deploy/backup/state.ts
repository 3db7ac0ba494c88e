/** How a host's backups are, as the host itself says it (host/check.py). Pure. */
import { z } from "zod";
import { KINDS } from "./kinds.ts";

const record = z.object({
  kind: z.string(),
  /** When the run began, seconds since 1970. */
  at: z.number(), ok: z.boolean(), seconds: z.number(), bytes: z.number(),
  label: z.string().nullish(), detail: z.string().nullish(),
});
export type BackupRecord = z.infer<typeof record>;

const ofKinds = <T extends z.ZodType>(value: T) => z.object(Object.fromEntries(KINDS.map((kind) => [kind, value.nullable().optional()])) as Record<(typeof KINDS)[number], z.ZodOptional<z.ZodNullable<T>>>);

export const backupState = z.object({
  /** When the host looked, seconds since 1970. */
  at: z.number(),
  /** In words; empty when all is well. */
  wrong: z.array(z.string()),
  /** `lag`: how long the oldest change waits that is not in the store, in seconds. */
  wal: z.object({ lag: z.number().optional(), fault: z.string().optional() }),
  timers: ofKinds(z.object({ next: z.number().nullable() })),
  /** The last good run of each kind. */
  newest: ofKinds(record),
  /** The last run of each kind. */
  last: ofKinds(record),
  /** In the store, of the database. */
  bytes: z.number(),
});
export type BackupState = z.infer<typeof backupState>;

/** null: the host has never looked, or what it wrote can't be read. */
export function parseBackupState(text: string): BackupState | null {
  try {
    return backupState.parse(JSON.parse(text.slice(text.indexOf("{"))));
  } catch {
    return null;
  }
}

/** Of what it backs up by, as it was set up last; null: never. */
export const parseFingerprint = (text: string): string | null => /^[0-9a-f]{64}$/m.exec(text)?.[0] ?? null;

export function parseRecord(line: string): BackupRecord | undefined {
  try {
    return record.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** A host that looks at least every 15 minutes and has not for so long looks no more. */
export const SILENT_SECONDS = 1200;

/** The age of the newest backups: of the database, the files and the customers the one that is oldest. null: one of them is missing. */
export function backupAge(state: Pick<BackupState, "newest"> | null, clock: number): number | null {
  const times = (["database", "files", "customers"] as const).map((kind) => state?.newest[kind]?.at);
  return times.some((at) => at === undefined) ? null : Math.max(0, clock - Math.min(...times as number[]));
}

export const proofAge = (state: Pick<BackupState, "newest"> | null, clock: number): number | null => {
  const at = state?.newest.verify?.at;
  return at === undefined ? null : Math.max(0, clock - at);
};
