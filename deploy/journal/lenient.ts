/** The journal for ways back: what brings a host to rest must not stop because a record of it can't be written. */
import { JournalAway } from "./away.ts";
import type { Journal } from "./journal.ts";

/** Of a step that could not be written down. */
const NOWHERE = -1;

/**
 * The same journal, but records of steps, ends and locks are left out while the store is away; `note` is told once. An
 * operation without its end is closed as abandoned by the next one.
 */
export function lenient(journal: Journal, note: (message: string) => void): Journal {
  let told = false;
  async function unless<T>(write: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof JournalAway)) throw error;
      if (!told) note(`${error.message}; going on without it`);
      told = true;
      return otherwise;
    }
  }
  return {
    ...journal,
    stepStarted: (step) => unless(() => journal.stepStarted(step), NOWHERE),
    stepsExpected: (operation, host, steps, at) => unless(() => journal.stepsExpected(operation, host, steps, at), steps.map(() => NOWHERE)),
    stepBegan: async (id, at) => id === NOWHERE ? undefined : unless(() => journal.stepBegan(id, at), undefined),
    stepEnded: async (id, ...rest) => id === NOWHERE ? undefined : unless(() => journal.stepEnded(id, ...rest), undefined),
    end: (...all) => unless(() => journal.end(...all), undefined),
    releaseLock: (...all) => unless(() => journal.releaseLock(...all), undefined),
  };
}
