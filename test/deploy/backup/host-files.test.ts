/** What is written on a host so that it backs itself up. */
import { describe, expect, it } from "vitest";
import { backup as schema } from "../../../model/backup-schema.ts";
import { backupFiles, backupFingerprint } from "../../../deploy/backup/host-files.ts";
import { readBackupSecrets, type BackupSecrets } from "../../../deploy/backup/secrets.ts";
import { KINDS } from "../../../deploy/backup/kinds.ts";
import { outputsOf, smallFleet } from "../support/fleet.ts";

const place = { dataDirectory: "/var/lib/postgresql/18/docker", socket: "/var/run/postgresql", port: "5432", group: "999" };
const S3 = { s3: { endpoint: "https://s3.example.com:9000", bucket: "backups", region: "fsn1", accessKey: "env:KEY", secretKey: { command: ["printf", "hidden-secret"] } } };
const VARIABLES = { KEY: "hidden'key", PASSWORD: "it's hidden", BEAT: "https://beat.example.com/hidden/{host}" };

/** `printf %s shared | openssl dgst -sha256 -hmac "it's hidden"` */
const PASSWORD = "288af58e121ec7e147d5d71b76f2f8bd5f59312bd64d4038ad8125135eb408e6";

async function filesFor(change: object, variables: NodeJS.ProcessEnv = VARIABLES, host = "shared"): Promise<Map<string, { content: string; mode: string; owner: string }>> {
  const backup = schema.parse({ store: S3, password: "env:PASSWORD", ...change });
  const secrets = await readBackupSecrets(backup, variables);
  const files = backupFiles({ host, platform: smallFleet().platform, backup, outputs: outputsOf("shared"), secrets, place });
  return new Map(files.map((file) => [file.path, file]));
}

describe("files of a host", () => {
  it("tells pgBackRest its store, its password and its database", async () => {
    const file = (await filesFor({ keep: { daily: 10 } })).get("/etc/etage/backup/pgbackrest.conf")!;
    expect(file).toMatchObject({ mode: "0440", owner: "root:999" });
    expect(file.content).toBe(`[global]
repo1-type=s3
repo1-path=/shared/postgres
repo1-s3-endpoint=s3.example.com
repo1-storage-port=9000
repo1-s3-bucket=backups
repo1-s3-region=fsn1
repo1-s3-uri-style=path
repo1-storage-ca-file=/etc/ssl/certs/ca-certificates.crt
repo1-s3-key=hidden'key
repo1-s3-key-secret=hidden-secret
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=${PASSWORD}
repo1-bundle=y
repo1-retention-full-type=time
repo1-retention-full=10
archive-push-queue-max=1GiB
compress-type=zst
process-max=2
start-fast=y
log-level-file=off
log-level-console=warn
log-level-stderr=warn

[global:archive-get]
archive-async=y
spool-path=/tmp/pgbackrest-spool

[shared]
pg1-path=/var/lib/postgresql/18/docker
pg1-socket-path=/var/run/postgresql
pg1-port=5432
pg1-user=app
pg1-database=app
`);
  });
  it("gives each host a password of its own, which openssl makes of the platform's as well", async () => {
    expect((await filesFor({}, VARIABLES, "shared-2")).get("/etc/etage/backup/restic.env")!.content).not.toContain(PASSWORD);
  });
  it("says in one word what it is set up by, which needs no secret and notes every change but a secret's value", async () => {
    const of = (change: object, host = "shared"): string | null => backupFingerprint({ ...smallFleet().platform, backup: schema.parse({ store: S3, password: "env:PASSWORD", ...change }) }, host, outputsOf("shared"));
    const own = of({});
    expect((await filesFor({})).get("/var/lib/etage/backup/fingerprint")!.content).toBe(`${own}\n`);
    expect((await filesFor({}, { ...VARIABLES, PASSWORD: "another" })).get("/var/lib/etage/backup/fingerprint")!.content).toBe(`${own}\n`);
    const others = [of({ password: "env:OTHER" }), of({ store: { s3: { ...S3.s3, bucket: "other" } } }), of({ keep: { daily: 3 } }), of({ walSeconds: 2 }), of({ heartbeat: "env:BEAT" }), of({}, "orion")];
    expect(new Set([own, ...others]).size).toBe(others.length + 1);
    expect(backupFingerprint(smallFleet().platform, "shared", outputsOf("shared"))).toBeNull();
  });
  it("quotes restic's variables for a shell, one repository a host", async () => {
    expect((await filesFor({})).get("/etc/etage/backup/restic.env")!.content).toBe(`RESTIC_REPOSITORY='s3:https://s3.example.com:9000/backups/shared/files'
AWS_ACCESS_KEY_ID='hidden'\\''key'
AWS_SECRET_ACCESS_KEY='hidden-secret'
AWS_DEFAULT_REGION='fsn1'
RESTIC_PASSWORD='${PASSWORD}'
`);
  });
  it("backs up to a folder as well", async () => {
    const files = await filesFor({ store: { path: "/mnt/share" } });
    expect(files.get("/etc/etage/backup/pgbackrest.conf")!.content).toContain("repo1-type=posix\nrepo1-path=/mnt/share/shared/postgres\n");
    expect(files.get("/etc/etage/backup/restic.env")!.content).toContain("RESTIC_REPOSITORY='/mnt/share/shared/files'\n");
  });
  it("keeps every secret in files that only their readers may read", async () => {
    const files = await filesFor({ heartbeat: "env:BEAT" });
    const holding = [...files].filter(([, { content }]) => content.includes("hidden") || content.includes(PASSWORD)).map(([path, { mode }]) => [path.split("/").at(-1), mode]);
    expect(holding).toEqual([["pgbackrest.conf", "0440"], ["restic.env", "0400"], ["heartbeat", "0400"]]);
  });
  it("tells the programs what hosting.yaml says", async () => {
    const files = await filesFor({ bandwidthKilobytes: 2000, schedule: { database: "03:15", fullDays: 3 } });
    expect(JSON.parse(files.get("/etc/etage/backup/settings.json")!.content)).toEqual({
      host: "shared", dataPath: "/mnt/data", network: "etage", database: { user: "app", name: "app" }, domain: "example.com",
      app: { port: 3000, ready: "/health/ready", version: "/version" },
      fullDays: 3, keep: { hourly: 24, daily: 14, weekly: 8, monthly: 12 }, bandwidthKilobytes: 2000, walSeconds: 0.5, proofMaxAgeDays: 7,
    });
    expect(files.get("/etc/systemd/system/etage-backup-database.timer")!.content).toContain("OnCalendar=03:15\nPersistent=true\n");
  });
  it("has a service and a timer for each kind, and the programs that they start", async () => {
    const paths = [...(await filesFor({})).keys()];
    for (const kind of [...KINDS, "check"]) for (const type of ["service", "timer"]) expect(paths).toContain(`/etc/systemd/system/etage-backup-${kind}.${type}`);
    expect(paths).toContain("/etc/systemd/system/etage-backup-wal.service");
    expect(paths).toContain("/var/lib/etage/backup/bin/__main__.py");
  });
  it.each<[string, object, NodeJS.ProcessEnv, string]>([
    ["a variable that is not set", {}, { ...VARIABLES, KEY: "" }, "backup.store.s3.accessKey: the variable KEY is not set"],
    ["a password of two lines", {}, { ...VARIABLES, PASSWORD: "a\nb" }, "backup.password: expected one line"],
    ["an endpoint with a path", { store: { s3: { ...S3.s3, endpoint: "env:WHERE" } } }, { ...VARIABLES, WHERE: "https://s3.example.com/x" }, "backup.store.s3.endpoint: expected an https:// URL without a path"],
  ])("refuses %s", async (_name, change, variables, message) => {
    const reading: Promise<BackupSecrets> = readBackupSecrets(schema.parse({ store: S3, password: "env:PASSWORD", ...change }), variables);
    await expect(reading).rejects.toThrow(message);
  });
});
