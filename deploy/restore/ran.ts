/** Which release a host ran that is gone. Pure. */
import type { ReleaseRecord } from "../host/release-log.ts";
import type { OperationRecord } from "../journal/journal.ts";

const BRINGS: readonly string[] = ["update", "update-all", "rollback", "resume"];

/**
 * The host's own list is as old as the snapshot that it came back with; the journal is this operator's, and others may have
 * theirs: the younger of the two. Operations newest first. Null: neither knows.
 */
export function ranLast(own: readonly ReleaseRecord[], operations: readonly Pick<OperationRecord, "verb" | "subject" | "outcome" | "startedAt">[]): string | null {
  const served = own.findLast(({ outcome }) => outcome === "serving");
  const brought = operations.find(({ verb, outcome }) => BRINGS.includes(verb) && outcome === "ok");
  if (served && brought) return Date.parse(served.at) >= Date.parse(brought.startedAt) ? served.version : brought.subject;
  return served?.version ?? brought?.subject ?? null;
}
