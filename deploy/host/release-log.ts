/** The host's own record of what it was told to run: one JSON line a release, and one audit line an operation. */
import { type Command, script } from "./command.ts";
import { AUDIT_LOG, RELEASE_LOG } from "./paths.ts";

export interface ReleaseRecord {
  version: string;
  digest: string;
  /** ISO time by the operator's clock. */
  at: string;
  by: string;
  operation: string;
  verb: "update" | "rollback";
  outcome: "serving" | "failed";
  detail?: string;
}

export const readReleaseLog = (lines = 50): Command => script("release-log", `tail -n "$2" "$1" 2>/dev/null || true`, RELEASE_LOG, lines);

/** Appends the record and an audit line. */
export function writeReleaseLog(record: ReleaseRecord): Command {
  const audit = `${record.at} ${record.by} ${record.verb} ${record.version} ${record.outcome} ${record.operation}`;
  return script("record", `printf '%s\\n' "$3" >>"$1" && printf '%s\\n' "$4" >>"$2"`, RELEASE_LOG, AUDIT_LOG, JSON.stringify(record), audit);
}

/** Damaged lines (a power cut in the middle of one) are passed over. */
export function parseReleaseLog(text: string): ReleaseRecord[] {
  return text.split("\n").filter(Boolean).flatMap((line) => {
    try {
      return [JSON.parse(line) as ReleaseRecord];
    } catch {
      return [];
    }
  });
}

/**
 * The release before the current one: what `rollback` goes to. Read as a stack: an update puts one on top, a rollback
 * takes off down to where it went. So a second rollback goes one further back and never forward to what was just left.
 */
export function releaseBefore(log: readonly ReleaseRecord[], current: string): ReleaseRecord | undefined {
  const stack: ReleaseRecord[] = [];
  for (const record of log.filter(({ outcome }) => outcome === "serving")) {
    const known = stack.findLastIndex(({ version }) => version === record.version);
    if (record.verb === "rollback" && known >= 0) stack.length = known + 1;
    else if (known === stack.length - 1 && known >= 0) stack[known] = record;
    else stack.push(record);
  }
  const at = stack.findLastIndex(({ version }) => version === current);
  return stack.slice(0, at < 0 ? undefined : at).findLast(({ version }) => version !== current);
}

