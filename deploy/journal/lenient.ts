/** The journal of an operation at work: a store that goes away in the middle makes it stop, but never stands in its way back. */
import { JournalAway } from "./away.ts";
import type { Journal } from "./journal.ts";

/** Of a step that could not be written down. */
const NOWHERE = -1;

export interface LenientOptions {
  note(message: string): void;
  /** Called once: no new step may begin after it. */
  away(error: JournalAway): void;
}

/**
 * The same journal, but records of steps and ends that can't be written are passed over instead of throwing. What a
 * known step came to is written as soon as the store answers again; an operation whose end could not be written is closed
 * as abandoned by the next one. All else throws as ever: nothing begins without a record.
 */
export function lenient(journal: Journal, { note, away }: LenientOptions): Journal {
  let told = false;
  const missed: (() => Promise<void>)[] = [];

  async function catchUp(): Promise<void> {
    const waiting = missed.splice(0);
    while (waiting.length > 0) {
      await waiting[0]!().catch((error: unknown) => {
        missed.unshift(...waiting);
        throw error;
      });
      waiting.shift();
    }
  }

  async function unless<T>(write: () => Promise<T>, otherwise: () => T): Promise<T> {
    try {
      await catchUp();
      return await write();
    } catch (error) {
      if (!(error instanceof JournalAway)) throw error;
      if (!told) {
        told = true;
        note(`${error.message}; nothing new is begun without it`);
        away(error);
      }
      return otherwise();
    }
  }
  const later = (write: () => Promise<void>): Promise<void> => unless(write, () => { missed.push(write); });

  return {
    ...journal,
    stepStarted: (step) => unless(() => journal.stepStarted(step), () => NOWHERE),
    stepsExpected: (operation, host, steps, at) => unless(() => journal.stepsExpected(operation, host, steps, at), () => steps.map(() => NOWHERE)),
    stepBegan: async (id, at) => id === NOWHERE ? undefined : later(() => journal.stepBegan(id, at)),
    stepEnded: async (id, ...rest) => id === NOWHERE ? undefined : later(() => journal.stepEnded(id, ...rest)),
    end: (...all) => later(() => journal.end(...all)),
    closeAbandoned: (...all) => unless(() => journal.closeAbandoned(...all), () => []),
    releaseLock: (...all) => later(() => journal.releaseLock(...all)),
  };
}
