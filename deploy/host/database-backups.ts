/** What pgBackRest has of a host's database, as it says it itself. */
import type { Command } from "./command.ts";

export interface DatabaseBackup {
  label: string;
  type: "full" | "diff" | "incr";
  /** ISO times. */
  began: string;
  ended: string;
  /** Of the database, in bytes. */
  bytes: number;
}

/** `container`: PostgreSQL's; `stanza`: the host's name. */
export const listDatabaseBackups = (container: string, stanza: string): Command =>
  ["docker", "exec", "--user", "postgres", container, "pgbackrest", `--stanza=${stanza}`, "--output=json", "--log-level-console=error", "info"];

interface Info { backup?: { label: string; type: DatabaseBackup["type"]; error?: boolean; timestamp: { start: number; stop: number }; info: { size: number } }[] }

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Oldest first; none when there is no such stanza. Throws when it is not what pgBackRest prints. */
export function parseDatabaseBackups(stdout: string): DatabaseBackup[] {
  const stanzas = JSON.parse(stdout) as Info[];
  return stanzas.flatMap(({ backup = [] }) => backup)
    .map(({ label, type, timestamp: { start, stop }, info: { size } }) => ({ label, type, began: iso(start), ended: iso(stop), bytes: size }))
    .sort((a, b) => a.ended.localeCompare(b.ended));
}
