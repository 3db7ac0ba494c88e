/**
 * Records by kind: read from memory, written through to one table a kind. A transaction's writes reach the disk together
 * or not at all, so that a lab killed at any moment comes back with whole answers only.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Kind, Kinds } from "./records.ts";
import { kinds } from "./records.ts";

export interface Store {
  find<K extends Kind>(kind: K, id: number): Kinds[K] | undefined;
  all<K extends Kind>(kind: K): Kinds[K][];
  /** Keeps a new record under the next id, which is unique over all kinds. */
  insert<K extends Kind>(kind: K, fields: Omit<Kinds[K], "id">): Kinds[K];
  /** Replaces some fields; nothing happens when the record is gone. */
  change<K extends Kind>(kind: K, id: number, fields: Partial<Omit<Kinds[K], "id">>): Kinds[K] | undefined;
  remove(kind: Kind, id: number): void;
  /** Runs `work`; when it throws, none of its writes remain. */
  transaction<T>(work: () => T): T;
  /** Runs `work` once the transaction under way is on disk, never when it failed. */
  afterCommit(work: () => void): void;
  /** Removes every record. Ids go on counting. */
  clear(): void;
}

type Row = { id: number };
type Write = { kind: Kind; id: number; before: Row | undefined };

export function openStore(database: DatabaseSync): Store {
  database.exec("CREATE TABLE IF NOT EXISTS hetzner_sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL)");
  const saveSequence = database.prepare("INSERT OR REPLACE INTO hetzner_sequence (name, value) VALUES ('last', ?)");
  const last = database.prepare("SELECT value FROM hetzner_sequence WHERE name = 'last'").get();
  let sequence = Number(last?.value ?? 1000);

  const tables = new Map(kinds.map((kind) => [kind, openTable(database, kind)]));
  const rows = (kind: Kind) => tables.get(kind)!.rows;
  let open: { writes: Write[]; after: (() => void)[] } | undefined;

  function write(kind: Kind, id: number, row: Row | undefined): void {
    if (!open) return transaction(() => write(kind, id, row));
    open.writes.push({ kind, id, before: rows(kind).get(id) });
    if (row) rows(kind).set(id, row);
    else rows(kind).delete(id);
  }

  function transaction<T>(work: () => T): T {
    if (open) return work();
    const mine = (open = { writes: [] as Write[], after: [] as (() => void)[] });
    try {
      const result = work();
      flush(mine.writes);
      open = undefined;
      for (const step of mine.after) step();
      return result;
    } catch (error) {
      if (open) for (const { kind, id, before } of mine.writes.reverse()) before ? rows(kind).set(id, before) : rows(kind).delete(id);
      open = undefined;
      throw error;
    }
  }

  function flush(writes: Write[]): void {
    if (writes.length === 0) return;
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const { kind, id } of writes) tables.get(kind)!.save(id, rows(kind).get(id));
      saveSequence.run(sequence);
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }

  return {
    find: (kind, id) => rows(kind).get(id) as never,
    all: (kind) => [...rows(kind).values()] as never,
    insert(kind, fields) {
      const row = { ...fields, id: ++sequence };
      write(kind, row.id, row);
      return row as never;
    },
    change(kind, id, fields) {
      const before = rows(kind).get(id);
      if (!before) return undefined;
      write(kind, id, { ...before, ...fields });
      return rows(kind).get(id) as never;
    },
    remove: (kind, id) => write(kind, id, undefined),
    transaction,
    afterCommit(work) {
      if (open) open.after.push(work);
      else work();
    },
    clear: () => transaction(() => kinds.forEach((kind) => [...rows(kind).keys()].forEach((id) => write(kind, id, undefined)))),
  };
}

function openTable(database: DatabaseSync, kind: Kind) {
  const name = `hetzner_${kind}`;
  database.exec(`CREATE TABLE IF NOT EXISTS ${name} (id INTEGER PRIMARY KEY, record TEXT NOT NULL)`);
  const put = database.prepare(`INSERT OR REPLACE INTO ${name} (id, record) VALUES (?, ?)`);
  const drop = database.prepare(`DELETE FROM ${name} WHERE id = ?`);
  const rows = new Map<number, Row>();
  for (const row of database.prepare(`SELECT id, record FROM ${name} ORDER BY id`).all()) {
    rows.set(Number(row.id), JSON.parse(String(row.record)) as Row);
  }
  const save = (id: number, row: Row | undefined) => void (row ? put.run(id, JSON.stringify(row)) : drop.run(id));
  return { rows, save };
}
