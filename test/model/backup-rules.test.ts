/** Backups: where to, when, for how long, with which secrets. */
import { describe, expect, it } from "vitest";
import { backup as schema } from "../../model/backup-schema.ts";
import { faultLines, judge, warningLines } from "./files.ts";

const keys = "accessKey: env:BACKUP_ACCESS, secretKey: env:BACKUP_SECRET";
const s3 = `{ s3: { endpoint: "https://s3.example.com", bucket: demo-backups, ${keys} } }`;
const rest = `password: env:BACKUP_PASSWORD, heartbeat: env:BACKUP_HEARTBEAT`;
const missed = "hosting.yaml:20:1  backup  nobody hears of it when a host stops backing up; give `heartbeat`, the address of a dead man's switch such as healthchecks.io  [backup-heartbeat]";

it.each<[what: string, backup: string, faults: string[], warnings?: string[]]>([
  ["an S3 store", `{ store: ${s3}, ${rest} }`, []],
  ["all by variables and commands", `{ store: { s3: { endpoint: "env:E", bucket: "env:B", region: "env:R", accessKey: "env:A", secretKey: { command: [op, read, key] } } }, password: { command: [op, read, password] }, heartbeat: env:H }`, []],
  ["a path", `{ store: { path: /mnt/backup }, ${rest} }`, []],
  ["no heartbeat", `{ store: ${s3}, password: env:P }`, [], [missed]],
  ["one heartbeat for all", `{ store: ${s3}, password: env:P, heartbeat: "https://hc-ping.com/x" }`, [], [
    "hosting.yaml:20:176  backup.heartbeat  one good host hides all that failed; put `{host}` into the address  [backup-heartbeat]",
  ]],
  ["a heartbeat for each", `{ store: ${s3}, password: env:P, heartbeat: "https://hc-ping.com/x/{host}-{kind}?create=1" }`, []],
  ["no store", `{ store: {}, ${rest} }`, [
    "hosting.yaml:20:18  backup.store  no store is given; give `s3: { endpoint, bucket, accessKey, secretKey }` or `path: /mnt/backup`  [backup-store]",
  ]],
  ["two stores", `{ store: { path: /mnt/backup, s3: { endpoint: "https://s3.example.com", bucket: demo-backups, ${keys} } }, ${rest} }`, [
    "hosting.yaml:20:18  backup.store  backups go to one store, but both `s3` and `path` are given; remove one  [backup-store]",
  ]],
  ["a path on the data volume", `{ store: { path: /mnt/HC_Volume_42/backup }, ${rest} }`, [
    "hosting.yaml:20:26  backup.store.path  /mnt/HC_Volume_42/backup goes when the host goes; mount a storage share, for example at /mnt/backup  [backup-store]",
  ]],
  ["a path on the system disk", `{ store: { path: /var/backups }, ${rest} }`, [
    "hosting.yaml:20:26  backup.store.path  /var/backups goes when the host goes; mount a storage share, for example at /mnt/backup  [backup-store]",
  ]],
  ["half a path", `{ store: { path: backup }, ${rest} }`, [
    `hosting.yaml:20:26  backup.store.path  expected the full path of a folder, found "backup"; did you mean \`/backup\`?  [wrong-value]`,
  ]],
  ["the root as path", `{ store: { path: / }, ${rest} }`, [
    `hosting.yaml:20:26  backup.store.path  expected the full path of a folder, found "/"  [wrong-value]`,
  ]],
  ["an endpoint in the open", `{ store: { s3: { endpoint: "http://s3.example.com", bucket: demo-backups, ${keys} } }, ${rest} }`, [
    "hosting.yaml:20:36  backup.store.s3.endpoint  expected an https:// URL without a path, or `env:NAME` for the variable that holds it, found \"http://s3.example.com\"  [wrong-value]",
  ]],
  ["an endpoint with the bucket in it", `{ store: { s3: { endpoint: "https://s3.example.com/demo", bucket: demo-backups, ${keys} } }, ${rest} }`, [
    "hosting.yaml:20:36  backup.store.s3.endpoint  expected an https:// URL without a path, or `env:NAME` for the variable that holds it, found \"https://s3.example.com/demo\"  [wrong-value]",
  ]],
  ["an endpoint with a password", `{ store: { s3: { endpoint: "https://ann:hidden@s3.example.com", bucket: demo-backups, ${keys} } }, ${rest} }`, [
    "hosting.yaml:20:36  backup.store.s3.endpoint  the address holds a password, which stands here for all to read; give it as `accessKey` and `secretKey`, and change it  [backup-store]",
  ]],
  ["an endpoint that can't be read", `{ store: { s3: { endpoint: "https://[s3", bucket: demo-backups, ${keys} } }, ${rest} }`, [
    "hosting.yaml:20:36  backup.store.s3.endpoint  this URL can't be read; expected for example https://fsn1.your-objectstorage.com  [backup-store]",
  ]],
  ["a bucket with capitals", `{ store: { s3: { endpoint: "https://s3.example.com", bucket: Demo_Backups, ${keys} } }, ${rest} }`, [
    "hosting.yaml:20:70  backup.store.s3.bucket  expected the name of a bucket, or `env:NAME` for the variable that holds it, found \"Demo_Backups\"; did you mean `demo-backups`?  [wrong-value]",
  ]],
  ["keys in the file are not repeated", `{ store: { s3: { endpoint: "https://s3.example.com", bucket: demo-backups, accessKey: AKIDHIDDEN, secretKey: hidden } }, password: hidden, heartbeat: env:H }`, [
    "hosting.yaml:20:95  backup.store.s3.accessKey  expected `env:NAME` for the variable that holds it, or a command, found a secret (it is exposed now: make a new one)  [wrong-value]",
    "hosting.yaml:20:118  backup.store.s3.secretKey  expected `env:NAME` for the variable that holds it, or a command, found a secret (it is exposed now: make a new one)  [wrong-value]",
    "hosting.yaml:20:140  backup.password  expected `env:NAME` for the variable that holds it, or a command, found a secret (it is exposed now: make a new one)  [wrong-value]",
  ]],
  ["one secret for two", `{ store: { s3: { endpoint: "https://s3.example.com", bucket: demo-backups, accessKey: env:A, secretKey: env:S } }, password: env:S, heartbeat: env:H }`, [
    "hosting.yaml:20:134  backup.password  is the same secret as backup.store.s3.secretKey; name another  [backup-secrets]",
  ]],
  ["no password", `{ store: ${s3}, heartbeat: env:H }`, [
    "hosting.yaml:20:9  backup.password  `password` is missing; expected `env:NAME` for the variable that holds it, or a command (what encrypts them: `env:NAME` for the variable that holds it, or a `command` that prints it. Keep it elsewhere too: without it no backup can be read)  [missing-key]",
  ]],
  ["nothing kept", `{ store: ${s3}, ${rest}, keep: { daily: 0 } }`, [
    "hosting.yaml:20:227  backup.keep.daily  no backup of the database would be kept; 14 is the default  [backup-keep]",
  ]],
  ["a time that is none", `{ store: ${s3}, ${rest}, schedule: { files: nightly } }`, [
    `hosting.yaml:20:231  backup.schedule.files  expected an OnCalendar time of systemd, for example \`hourly\`, \`02:30\` or \`Mon..Fri 22:00\`, found "nightly"  [wrong-value]`,
  ]],
])("%s", (_what, backup, faults, warnings = []) => {
  const change = ["h", `backup: ${backup}\n`] as const;
  expect(faultLines(change)).toEqual(faults);
  expect(warningLines(change)).toEqual(warnings);
});

it("defaults: a whole backup a week, the rest nightly, files hourly, WAL within half a second", () => {
  expect(judge(["h", `backup: { store: ${s3}, ${rest} }\n`]).fleet?.platform.backup).toEqual({
    store: { s3: { endpoint: "https://s3.example.com", bucket: "demo-backups", region: "us-east-1", accessKey: "env:BACKUP_ACCESS", secretKey: "env:BACKUP_SECRET" } },
    password: "env:BACKUP_PASSWORD", heartbeat: "env:BACKUP_HEARTBEAT",
    schedule: { database: "01:30", fullDays: 7, files: "hourly", customers: "02:30", verify: "Wed,Sun 04:30", checkMinutes: 5 },
    keep: { hourly: 24, daily: 14, weekly: 8, monthly: 12 },
    proofMaxAgeDays: 7, walSeconds: 0.5,
  });
  expect(judge().fleet?.platform.backup).toBeUndefined();
});

describe("times", () => {
  const fits = (time: string) => schema.shape.schedule.safeParse({ files: time }).success;
  it.each(["hourly", "daily", "02:30", "02:30:15", "*:0/15", "*:5", "Sun", "Mon..Fri 22:00", "wed,sun 04:30", "Sat *-*-1..7 18:00", "*-*-1,15 03:00", "2026-12-24 12:00", "02:30 Europe/Berlin", "*-*-* 02:00:00 UTC", "daily Europe/Berlin", "00/6:00"])("%s", (time) => {
    expect(fits(time)).toBe(true);
  });
  // A line end or a bracket would go on into the unit's file.
  it.each(["", " ", "nightly", "2 o'clock", "every hour", "02:30\nExecStart=/bin/sh", "0 2 * * *", "$(reboot)", "02.30", "UTC"])("not %j", (time) => {
    expect(fits(time)).toBe(false);
  });
});
