/** How each host's backups are, as hosts say it, and what is wrong. */
import type { Host } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { askBackup } from "../host/backup.ts";
import { mustRun } from "../remote/runner.ts";
import { table } from "../report/table.ts";
import { age } from "../report/units.ts";
import { KINDS } from "./kinds.ts";
import { type BackupState, parseBackupState } from "./state.ts";

export interface HostBackup { host: string; state: BackupState | null; wrong: string[] }

/** A host that does not answer, or has no programs, is a row like any other. */
export async function backupStatusOf(context: Context, { name }: Pick<Host, "name">): Promise<HostBackup> {
  try {
    await context.outputs(name);
    const text = await mustRun(await context.connect(name), "asking for its backups", askBackup(), { timeout: 300_000 });
    const state = parseBackupState(text.trim());
    return { host: name, state, wrong: state?.wrong ?? ["what it says of its backups can't be read: deploy backup install brings its programs up to date"] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const missing = /No such file|can't open file|can't find '__main__'/.test(error.message);
    return { host: name, state: null, wrong: [missing ? `backups are not set up on it: deploy backup install ${name}` : error.message.split("\n")[0]!] };
  }
}

const HEAD = ["HOST", "DATABASE", "FILES", "CUSTOMERS", "WAL LAG", "PROOF", "NEXT"];

/** `now`: the operator's clock, for hosts that said nothing. */
export function backupTable(hosts: readonly HostBackup[]): string {
  const rows = hosts.map(({ host, state }) => {
    if (!state) return [host, "?", "?", "?", "?", "?", ""];
    const ago = (kind: (typeof KINDS)[number]): string => { const at = state.newest[kind]?.at; return at === undefined ? "none" : age(state.at - at); };
    return [host, ago("database"), ago("files"), ago("customers"), state.wal.lag === undefined ? "?" : `${state.wal.lag} s`, ago("verify"), nextOf(state)];
  });
  const wrong = hosts.flatMap((each) => each.wrong.map((what) => `  ✗ ${each.host}: ${what.replaceAll("\n", " ")}`));
  const well = hosts.filter((each) => each.wrong.length === 0).length;
  return [table(HEAD, rows), ...wrong, well === hosts.length ? "All is well." : `${well} of ${hosts.length} well`].join("\n");
}

/** `files in 12 min` */
function nextOf({ at, timers }: BackupState): string {
  const next = KINDS.flatMap((kind) => { const time = timers[kind]?.next; return time ? [{ kind, time }] : []; }).sort((a, b) => a.time - b.time)[0];
  return next ? `${next.kind} in ${age(Math.max(0, next.time - at))}` : "";
}
