/** One HTTP call that is made again when that can help. */
import { setTimeout as pause } from "node:timers/promises";
import pRetry, { AbortError } from "p-retry";

/** Milliseconds. All attempts of one message together are bounded, too: the next one waits behind it. */
const TIMEOUT = 5_000;
const RETRIES = { retries: 3, minTimeout: 500, factor: 2, maxRetryTime: 20_000 };
/** A busy server may name its own pause; a longer one is not waited for. */
const LONGEST_PAUSE = 10_000;

/** Answers that a second attempt may change: too early, too many, and faults of the server. */
const worthwhile = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

/** Throws an Error that says why it was not taken. */
export async function post(url: string, body: string, headers: Record<string, string>, signal: AbortSignal): Promise<void> {
  await persist(async () => {
    const answer = await fetch(url, {
      method: "POST", headers: { "content-type": "application/json", "user-agent": "etage", ...headers }, body,
      // A channel that has moved is a setting to mend; a redirected POST would arrive as a GET.
      redirect: "manual", signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
    await answer.body?.cancel();
    if (answer.ok) return;
    const error = new Error(`it answered ${answer.status}`);
    if (!worthwhile(answer.status)) throw new AbortError(error);
    const asked = Number(answer.headers.get("retry-after")) * 1000;
    if (asked > LONGEST_PAUSE) throw new AbortError(error);
    if (asked > 0) await pause(asked, undefined, { signal });
    throw error;
  }, signal);
}

/** Runs `attempt` until it succeeds, fails for good (AbortError), or time is up. */
export const persist = (attempt: () => Promise<void>, signal: AbortSignal): Promise<void> => pRetry(attempt, { ...RETRIES, signal });
