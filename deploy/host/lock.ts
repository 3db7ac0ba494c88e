/**
 * The lock of a host: a directory (made atomically), inside it who holds it, and a heartbeat. Judged by the host's own
 * clock. Taking and giving back happen under flock, so that two operators who find the same dead lock can't both take it.
 */
import { type Command, script } from "./command.ts";
import { GENERATION, LOCK, STATE } from "./paths.ts";
import { KILL_STAGES } from "./stages.ts";

export interface LockOwner {
  operation: string;
  /** Person. */
  by: string;
  /** Machine the operation runs on. */
  machine: string;
  /** For example `update to v42`. */
  reason: string;
  /** ISO time, by the owner's clock. */
  since: string;
}

export type LockAnswer =
  | { outcome: "taken" }
  /** The last owner's heartbeat had stopped `silentSeconds` ago. */
  | { outcome: "taken-over"; silentSeconds: number; from: Partial<LockOwner> }
  | { outcome: "held"; silentSeconds: number; by: Partial<LockOwner> };

/** The same for locks in the journal's store. */
export const HEARTBEAT_SECONDS = 5;
/** Five beats may get lost. */
export const EXPIRY_SECONDS = 30;
/** Exit code of a lock that somebody else holds: stages after it don't run. */
export const HELD = 11;

/**
 * A fresh host has no state directory until cloud-init is through: wait for that, at most four minutes. An operation that
 * asks again (the answer got lost, or it comes back to a host) has the lock still.
 */
const TAKE = `
set -u
state=$1 lock=$2 owner=$3 expiry=$4 operation=$5 generation=$6
[ -d "$state" ] || timeout 240 cloud-init status --wait >/dev/null 2>&1 || true
exec 9>"$state/lock.guard"
flock -w 10 9 || exit 12
take() { set -e; echo $(( $(cat "$generation" 2>/dev/null || echo 0) + 1 )) >"$generation"; mkdir "$lock"; printf '%s\\n' "$owner" >"$lock/owner.json"; touch "$lock/heartbeat"; }
if [ ! -d "$lock" ]; then take; echo taken; exit 0; fi
if grep -qF "\\"$operation\\"" "$lock/owner.json" 2>/dev/null; then touch "$lock/heartbeat"; echo taken; exit 0; fi
beat=$(stat -c %Y "$lock/heartbeat" 2>/dev/null || stat -c %Y "$lock")
silent=$(( $(date +%s) - beat ))
held=$(cat "$lock/owner.json" 2>/dev/null || true)
if [ "$silent" -lt "$expiry" ] && [ "$silent" -gt "-$expiry" ]; then printf 'held %s %s\\n' "$silent" "$held"; exit ${HELD}; fi
${KILL_STAGES}
rm -rf "$lock"; take
printf 'taken-over %s %s\\n' "$silent" "$held"
`;

/** Exit code of a heartbeat that found the lock gone or somebody else's; any other failure says nothing about that. */
export const LOCK_LOST = 9;

const BEAT = `
[ -d "$1" ] || exit "$3"
grep -qF "\\"$2\\"" "$1/owner.json" || { [ "$?" -eq 1 ] && exit "$3"; exit 1; }
touch "$1/heartbeat"
`;

const RELEASE = `
exec 9>"$1/lock.guard"
flock -w 10 9
if grep -qF "\\"$3\\"" "$2/owner.json" 2>/dev/null; then rm -rf "$2"; fi
`;

export const takeLock = (owner: LockOwner): Command => script("lock", TAKE, STATE, LOCK, JSON.stringify(owner), EXPIRY_SECONDS, owner.operation, GENERATION);
/** Ends with LOCK_LOST when the lock is no longer this operation's. */
export const beatLock = (operation: string): Command => script("heartbeat", BEAT, LOCK, operation, LOCK_LOST);
/** Gives back this operation's lock and leaves anybody else's. */
export const releaseLock = (operation: string): Command => script("unlock", RELEASE, STATE, LOCK, operation);

export function parseLockAnswer(stdout: string): LockAnswer {
  const [, outcome, seconds, owner] = /^(taken-over|held|taken)(?: (-?\d+) ?(.*))?$/m.exec(stdout.trim()) ?? [];
  if (outcome === "taken") return { outcome };
  if (outcome !== "held" && outcome !== "taken-over") throw new Error(`not an answer of the lock script: ${JSON.stringify(stdout)}`);
  const silentSeconds = Number(seconds);
  const who = parseOwner(owner ?? "");
  return outcome === "held" ? { outcome, silentSeconds, by: who } : { outcome, silentSeconds, from: who };
}

/** `ada on laptop (update to v42), since 12:03:10`; says so when the lock's text is damaged. */
export function describeOwner(owner: Partial<LockOwner>): string {
  if (!owner.by) return "somebody who left no name";
  return `${owner.by} on ${owner.machine ?? "an unknown machine"} (${owner.reason ?? "no reason given"}), since ${owner.since ?? "an unknown time"}`;
}

function parseOwner(text: string): Partial<LockOwner> {
  try {
    return JSON.parse(text) as Partial<LockOwner>;
  } catch {
    return {};
  }
}
