/** What lies between two releases in the schema. */
import type { Journal, Migration } from "../journal/journal.ts";

/** Migrations that a release has and at least one of the current ones has not. Null when the journal does not know them all. */
export async function newMigrations(journal: Journal, current: readonly string[], version: string): Promise<Migration[] | null> {
  const next = await journal.release(version);
  const known = await Promise.all(current.map((one) => journal.release(one)));
  if (!next || known.some((release) => !release)) return null;
  return next.migrations.filter(({ name }) => current.length === 0 || known.some((release) => !release!.migrations.some((old) => old.name === name)));
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
