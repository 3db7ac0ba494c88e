/** Whether a host's backups are fresh and proved enough for something that could go wrong. Pure. */
import type { Hosting } from "../../model/schema.ts";
import { age } from "../report/units.ts";
import { type BackupState, backupAge, proofAge } from "./state.ts";

export interface Unprotected { message: string; mend: string }

/** What a host shows of itself. */
export interface Shown { clock: number; backup: BackupState | null }

/**
 * `maxBackupHours`: null when a backup is made first anyway. undefined: it may go on. Platforms without `backup` have
 * nothing to prove.
 */
export function unprotected(host: string, { backup }: Pick<Hosting, "backup">, { clock, backup: state }: Shown, maxBackupHours: number | null): Unprotected | undefined {
  if (!backup) return undefined;
  const days = backup.proofMaxAgeDays;
  if (!state) return { message: "its backups are not set up", mend: `deploy backup install ${host}, then deploy backup verify ${host}` };
  const newest = backupAge(state, clock);
  if (maxBackupHours !== null && (newest === null || newest > maxBackupHours * 3600)) {
    return { message: newest === null ? "a backup of its database, its files or its customers is missing" : `its oldest newest backup is ${age(newest)} old; hosting.yaml wants ${age(maxBackupHours * 3600)} at most`, mend: `deploy backup run ${host}` };
  }
  const proof = proofAge(state, clock);
  if (proof !== null && proof <= days * 86_400) return undefined;
  return { message: proof === null ? "that its backups can be restored was never proved" : `that its backups can be restored was last proved ${age(proof)} ago; hosting.yaml wants ${age(days * 86_400)} at most`, mend: `deploy backup verify ${host}` };
}

/** What answers for going on all the same. */
export const GO_ON = "--without-proof REASON goes on all the same, and the journal keeps the reason";
