/** What the journal says, read from the store itself. */
import type { Journal } from "../../deploy/journal/journal.ts";
import { openJournal } from "../../deploy/journal/open.ts";
import type { Site } from "./site.ts";

export async function withJournal<T>(site: Site, work: (journal: Journal) => Promise<T>): Promise<T> {
  const journal = openJournal(site.environment.ETAGE_STATE, site.directory);
  try {
    return await work(journal);
  } finally {
    await journal.close();
  }
}

/** Operations and steps without an end and locks that are held, as sentences; empty when nothing is at work and all is written down. */
export const openEnds = (site: Site, newest = 20): Promise<string[]> => withJournal(site, async (journal) => {
  const found = (await journal.locks()).map(({ name, by }) => `the store's lock ${name}, held by ${by}`);
  for (const { id, verb, subject, outcome } of await journal.operations(newest)) {
    if (outcome === null) found.push(`operation ${id} (${verb} ${subject}) has no end`);
    for (const step of await journal.steps(id)) if (step.outcome === null) found.push(`step ${step.step} on ${step.host} of operation ${id} has no end`);
  }
  return found;
});

/** Lets time pass for operations whose tool is dead. */
export const ageOperations = (site: Site, seconds: number): Promise<void> => withJournal(site, async (journal) => {
  const then = new Date(Date.now() - seconds * 1000).toISOString();
  for (const { id } of await journal.running()) await journal.beat(id, then);
});
