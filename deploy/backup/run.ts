/** One run of one kind on one host: begun, followed, read. */
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { runBackup } from "../host/backup.ts";
import { mustRun } from "../remote/runner.ts";
import { bytes } from "../report/units.ts";
import type { Kind } from "./kinds.ts";
import { type BackupRecord, parseRecord } from "./state.ts";

const TIMEOUT = 24 * 3600 * 1000;
/** Seconds between two notes of how far it is. */
const TELL_EVERY = 10;

/** Throws UserError with the host's own words when the run failed. Who stops waiting stops nothing. */
export async function runKind(context: Context, host: string, kind: Kind, { full = false } = {}): Promise<BackupRecord> {
  let told = 0;
  const tell = (chunk: string): void => {
    const at = chunk.split("\n").findLast((line) => line.startsWith("at "));
    if (!at || context.now().getTime() - told < TELL_EVERY * 1000) return;
    told = context.now().getTime();
    context.report.event({ type: "note", host, message: `${kind}: ${at.slice(3)}` });
  };
  const stdout = await mustRun(await context.connect(host), `the run of ${kind}`, runBackup(kind, full), { timeout: TIMEOUT, onOutput: (chunk, stream) => { if (stream === "stdout") tell(chunk); } });
  const record = parseRecord(stdout.trim().split("\n").at(-1) ?? "");
  if (!record) throw new UserError(`${host}: the run of ${kind} told nothing that can be read`, { hint: `deploy backup install ${host} puts the programs there anew` });
  if (!record.ok) throw new UserError(`${kind}: ${record.detail || "failed"}`, { hint: `deploy backup status ${host}` });
  return record;
}

export const recordWords = ({ kind, label, bytes: size, detail }: BackupRecord): string =>
  [kind, label ?? "", detail ?? "", size > 0 ? `${bytes(size)} sent` : ""].filter(Boolean).join(", ");
