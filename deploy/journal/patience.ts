/** How a store on the network is asked: at once when it was never reached, for a while when it worked before. */
import pRetry from "p-retry";
import { awayFrom, isAway, passing, type PostgresPlace, troubleOf } from "./away.ts";

export interface PatienceOptions {
  place: PostgresPlace;
  seconds: number;
  /** Told when the store goes away in the middle, and when it is back. */
  note(message: string): void;
}

export type Persist = <T>(work: () => Promise<T>) => Promise<T>;

/** Calls `work` until it ends well. Throws JournalAway when the store stays away, and anything else as it comes. */
export function patience({ place, seconds, note }: PatienceOptions): Persist {
  /** "away": its time is over; it is asked once a call until it answers. */
  let state: "unknown" | "well" | "trying" | "away" = "unknown";
  return async (work) => {
    const began = Date.now();
    // A store that never answered may just be the wrong one, and nothing was begun yet.
    const patient = state === "well" || state === "trying";
    const again = (error: unknown): boolean => patient && passing(error);
    try {
      const result = await pRetry(work, {
        retries: Number.POSITIVE_INFINITY, minTimeout: 200, factor: 1.5, maxTimeout: 2_000, maxRetryTime: seconds * 1000,
        shouldRetry: ({ error }) => again(error),
        onFailedAttempt: ({ error }) => {
          if (!again(error) || state !== "well") return;
          state = "trying";
          note(`The journal ${place.shown} does not answer: ${troubleOf(place, error).says}; trying for ${seconds} s`);
        },
      });
      if (state === "trying" || state === "away") note("The journal answers again");
      state = "well";
      return result;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (state !== "unknown") state = "away";
      throw awayFrom(place, error, patient ? (Date.now() - began) / 1000 : 0);
    }
  };
}
