/** What to do about a lock that somebody holds: wait until a dead owner's expires; refuse a living one's, or wait for that too. */

/** The answers of a host's lock and of the store's. `silentSeconds`: since the owner's last sign of life. */
export type Answer<Owner> =
  | { outcome: "taken" }
  | { outcome: "taken-over"; silentSeconds: number; from: Owner }
  | { outcome: "held"; silentSeconds: number; by: Owner };

export interface Waiting<Owner> {
  /** Seconds to wait for an owner that is alive; 0: don't. */
  wait: number;
  /** Seconds of silence after which a lock can be taken over. */
  expiry: number;
  /** Throws when the person asked to stop. */
  pause(seconds: number): Promise<void>;
  /** Told when the wait begins and every ten seconds; `waited`: seconds so far. */
  note(owner: Owner, waited: number): void;
}

const EVERY = 1;
const TELL_EVERY = 10;

/**
 * Asks every second until the lock is taken, or is refused: then the answer is the last `held`. That an owner lives is seen
 * within a heartbeat, since its silence gets shorter; until then it is given the time to show it. Nobody has to remember a
 * dead one: its lock expires while we wait.
 */
export async function waitForLock<Owner extends { operation?: string }>(ask: () => Promise<Answer<Owner>>, { wait, expiry, pause, note }: Waiting<Owner>): Promise<Answer<Owner>> {
  let waited = 0;
  let told = Number.NEGATIVE_INFINITY;
  let before: { by: Owner; silentSeconds: number } | undefined;
  let seenAlive: number | undefined;
  for (;;) {
    const answer = await ask();
    if (answer.outcome !== "held") return answer;
    const { by, silentSeconds } = answer;
    // A new owner has just shown that it lives.
    if (before && (by.operation !== before.by.operation || silentSeconds < before.silentSeconds)) seenAlive = waited;
    before = { by, silentSeconds };
    const alive = seenAlive !== undefined && silentSeconds < expiry / 2;
    // Twice the expiry: a clock that stands still must not keep us for ever.
    if (waited >= (alive ? wait : Math.max(wait, (seenAlive ?? 0) + 2 * expiry))) return answer;
    if (waited - told >= TELL_EVERY) {
      note(by, waited);
      told = waited;
    }
    await pause(EVERY);
    waited += EVERY;
  }
}
