/** What lies between two releases in the schema. */
import type { Migration } from "../journal/journal.ts";

/** Label of an image that holds its migrations, in the form that its command `migrations` prints. */
export const MIGRATIONS_LABEL = "etage.migrations";

/** Migrations that a release has and at least one of the current ones has not. Null when those of one are not known. */
export function newMigrations(next: readonly Migration[] | null, current: readonly (readonly Migration[] | null)[]): Migration[] | null {
  if (!next || current.includes(null)) return null;
  return next.filter(({ name }) => current.length === 0 || current.some((known) => !known!.some((old) => old.name === name)));
}

/** Those that a way back would have to undo and can't. */
export function barriers(current: readonly Migration[], target: readonly Migration[]): Migration[] {
  const stays = new Set(target.map(({ name }) => name));
  return current.filter(({ name, reversible }) => !stays.has(name) && !reversible);
}

/** The output of an image's `migrations` command: a JSON list, on its last line at the latest. Undefined when it is none. */
export function parseMigrations(stdout: string): Migration[] | undefined {
  for (const text of [stdout, stdout.trim().split("\n").at(-1) ?? ""]) {
    try {
      const list: unknown = JSON.parse(text);
      if (Array.isArray(list)) return list.map(({ name, reversible }: Migration) => ({ name: String(name), reversible: reversible !== false }));
    } catch {
      // not this form; the next one
    }
  }
  return undefined;
}
