/** The files that make a host back itself up. Pure: settings in, texts out. */
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { Hosting, Backup } from "../../model/schema.ts";
import type { Outputs } from "../../model/outputs.ts";
import { BACKUP, BACKUP_FINGERPRINT, BACKUP_STATE } from "../host/paths.ts";
import { sha256 } from "../host/secrets.ts";
import type { BackupSecrets, Store } from "./secrets.ts";
import { unitFiles } from "./units.ts";

/** Whom the host trusts; its database's container is shown the folder. */
const AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

export interface BackupFile { path: string; content: string; /** As chmod and chown take them. */ mode: string; owner: string }

/** What the host's PostgreSQL says of itself. */
export interface DatabasePlace { dataDirectory: string; socket: string; port: string; /** Number of the group that it runs as. */ group: string }

export interface FilesOptions { host: string; platform: Pick<Hosting, "domain" | "app">; backup: Backup; outputs: Pick<Outputs, "dataPath" | "network" | "database">; secrets: BackupSecrets; place: DatabasePlace }

/** Programs first, what they are told next, units, and last the fingerprint of all, which says that a host was set up to its end. */
export function backupFiles(options: FilesOptions): BackupFile[] {
  const { host, platform, backup, outputs } = options;
  const fingerprint = backupFingerprint({ ...platform, backup }, host, outputs)!;
  return [...workingFiles(options), { path: BACKUP_FINGERPRINT, content: `${fingerprint}\n`, mode: "0644", owner: "root:root" }];
}

/** hosting.yaml's words where the secrets go, and nothing of what the host's own database says. */
const PLACE: DatabasePlace = { dataDirectory: "", socket: "", port: "", group: "" };
function spoken({ store: { s3, path }, password, heartbeat }: Backup): BackupSecrets {
  const plain = { endpoint: new URL("https://store"), bucket: JSON.stringify(s3), region: "", accessKey: "", secretKey: "" };
  return { store: s3 ? { s3: plain } : { path: path! }, password: JSON.stringify(password), heartbeat: heartbeat ?? null };
}

/**
 * Of all that a host backs up by, but for the values of secrets, which nobody needs to be asked for to compare; null: the
 * platform has no backups.
 */
export function backupFingerprint(platform: Pick<Hosting, "domain" | "app" | "backup">, host: string, outputs: FilesOptions["outputs"]): string | null {
  const { backup } = platform;
  if (!backup) return null;
  return sha256(JSON.stringify(workingFiles({ host, platform, backup, outputs, secrets: spoken(backup), place: PLACE })));
}

function workingFiles(options: FilesOptions): BackupFile[] {
  const { backup, secrets, place } = options;
  const config = (name: string, content: string, mode: string, owner = "root:root"): BackupFile => ({ path: `${BACKUP}/${name}`, content, mode, owner });
  return [
    ...programs().map(([name, content]) => ({ path: `${BACKUP_STATE}/bin/${name}`, content, mode: "0644", owner: "root:root" })),
    config("settings.json", settings(options), "0444"),
    config("pgbackrest.conf", pgbackrestConf(options), "0440", `root:${place.group}`),
    config("restic.env", resticEnv(options), "0400"),
    ...(secrets.heartbeat === null ? [] : [config("heartbeat", `${secrets.heartbeat}\n`, "0400")]),
    ...unitFiles(backup.schedule),
  ];
}

/**
 * A host's own, made of the platform's: who breaks into a host finds the store's keys, but can read nobody else's backups. Of
 * use without this program: `printf %s HOST | openssl dgst -sha256 -hmac PASSWORD`.
 */
export const hostPassword = (password: string, host: string): string => createHmac("sha256", password).update(host).digest("hex");

const FOLDER = new URL("host/", import.meta.url);
let read: [string, string][] | undefined;
/** Python 3.9 and its standard library; by name. */
const programs = (): [string, string][] => read ??= readdirSync(FOLDER).filter((name) => name.endsWith(".py")).sort().map((name) => [name, readFileSync(new URL(name, FOLDER), "utf8")]);

function settings({ host, platform: { app, domain }, backup, outputs, secrets }: FilesOptions): string {
  const { schedule: { fullDays }, keep, bandwidthKilobytes, walSeconds, proofMaxAgeDays } = backup;
  return `${JSON.stringify({
    host, dataPath: outputs.dataPath, network: outputs.network, database: outputs.database, domain,
    app: { port: app.port, ready: app.health.ready, version: app.health.version },
    fullDays, keep, bandwidthKilobytes, walSeconds, proofMaxAgeDays, store: secrets.store.path,
  }, null, 2)}\n`;
}

/**
 * Reading ahead makes going back several times as fast: WAL comes in many small pieces. Sending has no `archive-async`: its process outlives its parent, becomes PostgreSQL's own child where that is the first process of its
 * container, and PostgreSQL takes the failure of a child that it does not know for a crash.
 */
function pgbackrestConf({ host, backup, outputs: { database }, secrets: { store, password }, place }: FilesOptions): string {
  const lines: [string, string][] = [
    ...storeLines(store, host),
    ["repo1-cipher-type", "aes-256-cbc"], ["repo1-cipher-pass", hostPassword(password, host)],
    // Small files together: a store is asked for thousands of them otherwise.
    ["repo1-bundle", "y"],
    ["repo1-retention-full-type", "time"], ["repo1-retention-full", String(Math.max(1, backup.keep.daily))],
    // WAL that waits for the store beyond that is let go, since a full disk would stop the database; the check raises the alarm.
    ["archive-push-queue-max", "1GiB"],
    ["compress-type", "zst"], ["process-max", "2"], ["start-fast", "y"],
    ["log-level-file", "off"], ["log-level-console", "warn"], ["log-level-stderr", "warn"],
  ];
  const own: [string, string][] = [["pg1-path", place.dataDirectory], ["pg1-socket-path", place.socket], ["pg1-port", place.port], ["pg1-user", database.user], ["pg1-database", database.name]];
  const text = (pairs: readonly [string, string][]): string => pairs.map(([name, value]) => `${name}=${value}\n`).join("");
  const ahead: [string, string][] = [["archive-async", "y"], ["spool-path", "/tmp/pgbackrest-spool"]];
  return `[global]\n${text(lines)}\n[global:archive-get]\n${text(ahead)}\n[${host}]\n${text(own)}`;
}

function storeLines({ s3, path }: Store, host: string): [string, string][] {
  if (!s3) return [["repo1-type", "posix"], ["repo1-path", `${path}/${host}/postgres`]];
  return [
    ["repo1-type", "s3"], ["repo1-path", `/${host}/postgres`], ["repo1-s3-endpoint", s3.endpoint.hostname], ...(s3.endpoint.port ? [["repo1-storage-port", s3.endpoint.port] as [string, string]] : []),
    ["repo1-s3-bucket", s3.bucket], ["repo1-s3-region", s3.region], ["repo1-s3-uri-style", "path"], ["repo1-storage-ca-file", AUTHORITIES], ["repo1-s3-key", s3.accessKey], ["repo1-s3-key-secret", s3.secretKey],
  ];
}

function resticEnv({ host, secrets: { store: { s3, path }, password } }: FilesOptions): string {
  const lines = s3
    ? { RESTIC_REPOSITORY: `s3:${s3.endpoint.origin}/${s3.bucket}/${host}/files`, AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey, AWS_DEFAULT_REGION: s3.region }
    : { RESTIC_REPOSITORY: `${path}/${host}/files` };
  return Object.entries({ ...lines, RESTIC_PASSWORD: hostPassword(password, host) }).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`).join("");
}
