/** What every machine shall look like, kept so that one that reboots by itself, or outlives the lab's process, gets it back. */
import type { Lab } from "../context.ts";
import type { FirewallRule, MachineSpec } from "./types.ts";

export interface MachineRecord {
  spec: MachineSpec;
  /** Whether it was last meant to run; a power cut of the whole lab does not change it. */
  on: boolean;
  rules: FirewallRule[] | null;
  cut: boolean;
  networks: { network: number; ip: string; mac: string }[];
}

export interface VolumeRecord {
  gigabytes: number;
  format: "ext4" | "xfs";
  server?: number;
  automount?: boolean;
}

export interface Table<T> {
  find(id: number): T | undefined;
  /** Throws when there is none. */
  need(id: number): T;
  put(id: number, record: T): void;
  change(id: number, change: Partial<T>): void;
  remove(id: number): void;
  all(): [number, T][];
}

export interface Records {
  machines: Table<MachineRecord>;
  volumes: Table<VolumeRecord>;
}

export function openRecords(lab: Pick<Lab, "database">): Records {
  return { machines: table(lab, "machine"), volumes: table(lab, "machine_volume") };
}

function table<T>(lab: Pick<Lab, "database">, name: "machine" | "machine_volume"): Table<T> {
  lab.database.exec(`CREATE TABLE IF NOT EXISTS ${name} (id INTEGER PRIMARY KEY, record TEXT NOT NULL)`);
  const parse = (row: unknown) => JSON.parse((row as { record: string }).record) as T;
  const one = lab.database.prepare(`SELECT record FROM ${name} WHERE id = ?`);
  const every = lab.database.prepare(`SELECT id, record FROM ${name} ORDER BY id`);
  const write = lab.database.prepare(`INSERT INTO ${name} (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record`);
  const drop = lab.database.prepare(`DELETE FROM ${name} WHERE id = ?`);
  const find = (id: number) => {
    const row = one.get(id);
    return row && parse(row);
  };
  const need = (id: number) => {
    const record = find(id);
    if (!record) throw new Error(`no ${name.replace("machine_", "")} ${id} in this lab: it was never made, or is destroyed`);
    return record;
  };
  const put = (id: number, record: T) => void write.run(id, JSON.stringify(record));
  return {
    find,
    need,
    put,
    change: (id, change) => put(id, { ...need(id), ...change }),
    remove: (id) => void drop.run(id),
    all: () => every.all().map((row) => [Number(row["id"]), parse(row)]),
  };
}
