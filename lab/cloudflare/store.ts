/** Zones, records, settings and certificates in the lab's database. The DNS server and the edge read the same tables. */
import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { DnsRecord, OriginCertificate, Zone } from "./types.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS cloudflare_zones (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS cloudflare_records (
    id TEXT PRIMARY KEY, zone TEXT NOT NULL REFERENCES cloudflare_zones (id) ON DELETE CASCADE, name TEXT NOT NULL, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS cloudflare_records_name ON cloudflare_records (zone, name);
  CREATE TABLE IF NOT EXISTS cloudflare_settings (
    zone TEXT NOT NULL REFERENCES cloudflare_zones (id) ON DELETE CASCADE, id TEXT NOT NULL, value TEXT NOT NULL, modified_on TEXT NOT NULL,
    PRIMARY KEY (zone, id));
  CREATE TABLE IF NOT EXISTS cloudflare_certificates (id TEXT PRIMARY KEY, body TEXT NOT NULL);
`;

export interface KeptSetting {
  id: string;
  value: unknown;
  modified_on: string;
}

export type Store = ReturnType<typeof openStore>;

/** Opens (and makes, when absent) the tables. Lists come in order of creation. */
export function openStore(database: DatabaseSync) {
  database.exec(schema);
  database.exec("PRAGMA foreign_keys = ON");
  const sql = (text: string) => database.prepare(text);
  const body = <T>(row: Record<string, unknown> | undefined) => (row ? (JSON.parse(String(row.body)) as T) : undefined);
  const bodies = <T>(rows: Record<string, unknown>[]) => rows.map((row) => body<T>(row)!);

  const zoneAll = sql("SELECT body FROM cloudflare_zones ORDER BY rowid");
  const zoneById = sql("SELECT body FROM cloudflare_zones WHERE id = ?");
  const zoneByName = sql("SELECT body FROM cloudflare_zones WHERE name = ?");
  const zonePut = sql("INSERT INTO cloudflare_zones (id, name, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body");
  const zoneDelete = sql("DELETE FROM cloudflare_zones WHERE id = ?");
  const recordAll = sql("SELECT body FROM cloudflare_records WHERE zone = ? ORDER BY rowid");
  const recordById = sql("SELECT body FROM cloudflare_records WHERE zone = ? AND id = ?");
  const recordsByName = sql("SELECT body FROM cloudflare_records WHERE zone = ? AND name = ? ORDER BY rowid");
  const recordBelow = sql("SELECT 1 FROM cloudflare_records WHERE zone = ? AND substr(name, -length(?)) = ? LIMIT 1");
  const recordCount = sql("SELECT count(*) AS n FROM cloudflare_records WHERE zone = ?");
  const recordPut = sql(
    "INSERT INTO cloudflare_records (id, zone, name, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, body = excluded.body",
  );
  const recordDelete = sql("DELETE FROM cloudflare_records WHERE zone = ? AND id = ?");
  const settingAll = sql("SELECT id, value, modified_on FROM cloudflare_settings WHERE zone = ?");
  const settingPut = sql(
    "INSERT INTO cloudflare_settings (zone, id, value, modified_on) VALUES (?, ?, ?, ?) ON CONFLICT (zone, id) DO UPDATE SET value = excluded.value, modified_on = excluded.modified_on",
  );
  const certificateAll = sql("SELECT body FROM cloudflare_certificates ORDER BY rowid DESC");
  const certificateById = sql("SELECT body FROM cloudflare_certificates WHERE id = ?");
  const certificatePut = sql("INSERT INTO cloudflare_certificates (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body");

  return {
    zones: {
      all: () => bodies<Zone>(zoneAll.all()),
      get: (id: string) => body<Zone>(zoneById.get(id)),
      named: (name: string) => body<Zone>(zoneByName.get(name)),
      put: (zone: Zone) => void zonePut.run(zone.id, zone.name, JSON.stringify(zone)),
      delete: (id: string) => void zoneDelete.run(id),
    },
    records: {
      all: (zone: string) => bodies<DnsRecord>(recordAll.all(zone)),
      get: (zone: string, id: string) => body<DnsRecord>(recordById.get(zone, id)),
      named: (zone: string, name: string) => bodies<DnsRecord>(recordsByName.all(zone, name)),
      /** Whether any record lies under `name`, which makes `name` exist without records of its own. */
      below: (zone: string, name: string) => recordBelow.get(zone, `.${name}`, `.${name}`) !== undefined,
      count: (zone: string) => Number(recordCount.get(zone)!.n),
      put: (zone: string, record: DnsRecord) => void recordPut.run(record.id, zone, record.name, JSON.stringify(record)),
      delete: (zone: string, id: string) => void recordDelete.run(zone, id),
    },
    settings: {
      all: (zone: string): KeptSetting[] =>
        settingAll.all(zone).map((row) => ({ id: String(row.id), value: JSON.parse(String(row.value)), modified_on: String(row.modified_on) })),
      put: (zone: string, setting: KeptSetting) =>
        void settingPut.run(zone, setting.id, JSON.stringify(setting.value), setting.modified_on),
    },
    certificates: {
      all: () => bodies<OriginCertificate>(certificateAll.all()),
      get: (id: string) => body<OriginCertificate>(certificateById.get(id)),
      put: (certificate: OriginCertificate) => void certificatePut.run(certificate.id, JSON.stringify(certificate)),
    },
    /** All or nothing. */
    transaction<T>(work: () => T): T {
      database.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        database.exec("COMMIT");
        return result;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    clear() {
      database.exec("DELETE FROM cloudflare_records; DELETE FROM cloudflare_settings; DELETE FROM cloudflare_certificates; DELETE FROM cloudflare_zones");
    },
  };
}

/** 32 hexadecimal digits, as all of Cloudflare's identifiers but certificates'. */
export function newId(): string {
  return randomBytes(16).toString("hex");
}

/** The zone a name belongs to: the longest one that is a suffix of it. */
export function zoneOf(store: Store, name: string): Zone | undefined {
  const labels = name.split(".");
  for (let start = 0; start < labels.length; start++) {
    const zone = store.zones.named(labels.slice(start).join("."));
    if (zone) return zone;
  }
  return undefined;
}
