/** `backup:` of hosting.yaml: where backups go, when they are made, how long they are kept. Rules: rules/backup.ts. */
import { z } from "zod";
import { address, orVariable, secretReference } from "./references.ts";

/** The words of systemd's OnCalendar: `hourly`, `02:30`, `Mon..Fri *-*-* 22:00`, `*:0/15`, with a time zone behind. */
const DAY = "(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*";
const DAYS = `${DAY}(?:(?:\\.\\.|,)${DAY})*`;
const NUMBERS = "(?:\\*|\\d+)(?:\\.\\.\\d+)?(?:/\\d+)?(?:,\\d+(?:\\.\\.\\d+)?(?:/\\d+)?)*";
const DATE = `(?:${NUMBERS}-)?${NUMBERS}-${NUMBERS}`;
const TIME = `${NUMBERS}:${NUMBERS}(?::${NUMBERS})?`;
const ZONE = "UTC|[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z0-9_+-]*)+";
const WORD = "hourly|daily|weekly|monthly|quarterly|semiannually|yearly";
const CALENDAR = new RegExp(`^(?:${WORD}|(?=.)(?:${DAYS})?(?:(?:^| )${DATE})?(?:(?:^| )${TIME})?)(?: (?:${ZONE}))?$`, "i");

/** When a timer of a host fires. The host's clock is UTC. */
const calendar = z.string().regex(CALENDAR, "an OnCalendar time of systemd, for example `hourly`, `02:30` or `Mon..Fri 22:00`");

const BUCKET = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";
const kept = z.int().nonnegative().max(1000);

export const backup = z.strictObject({
  store: z.strictObject({
    s3: z.strictObject({
      endpoint: orVariable("https://[^\\s/?#]+/?", "an https:// URL without a path").describe("Where it answers, for example https://fsn1.your-objectstorage.com; buckets are asked for as folders there. Or `env:NAME`"),
      bucket: orVariable(BUCKET, "the name of a bucket").describe("Must exist; or `env:NAME`"),
      region: orVariable("[a-z0-9-]+", "a region").default("us-east-1").describe("For stores that have several; or `env:NAME`"),
      accessKey: secretReference.describe("`env:NAME` for the variable that holds it, or a `command` that prints it"),
      secretKey: secretReference.describe("`env:NAME` for the variable that holds it, or a `command` that prints it"),
    }).optional().describe("An object store that speaks S3"),
    path: z.string().regex(/^(\/[^/\s]+)+$/, "the full path of a folder").optional().describe("A folder on each host that is another disk's: a storage share that is mounted there"),
  }).describe("Where backups are, encrypted before they leave the host: `s3` or `path`"),
  password: secretReference.describe("What encrypts them: `env:NAME` for the variable that holds it, or a `command` that prints it. Keep it elsewhere too: without it no backup can be read"),
  schedule: z.strictObject({
    database: calendar.default("01:30").describe("Backup of the database: what changed since the last, or all of it after `fullDays`; in between every change is shipped as it happens"),
    fullDays: z.number().positive().max(366).default(7).describe("When the last whole backup of the database is older, the next is a whole one"),
    files: calendar.default("hourly").describe("Snapshot of the uploaded files"),
    customers: calendar.default("02:30").describe("Export of each customer by itself"),
    verify: calendar.default("Wed,Sun 04:30").describe("Proof that the backups can be restored"),
    checkMinutes: z.number().min(0.5).max(15).default(5).describe("How often a host looks at all of it: so long at most until an alarm is raised"),
  }).prefault({}).describe("When hosts back up, by themselves; times of systemd's OnCalendar, in UTC unless a time zone stands behind"),
  keep: z.strictObject({
    hourly: kept.default(24).describe("The last of each hour, for so many hours"),
    daily: kept.default(14).describe("The last of each day; to any second of these days the database can be taken back"),
    weekly: kept.default(8).describe("The last of each week"),
    monthly: kept.default(12).describe("The last of each month"),
  }).prefault({}).describe("How many backups stay"),
  bandwidthKilobytes: z.int().min(16).optional().describe("How much files and exports may send a second, in KB; absent: no bound"),
  heartbeat: address.optional().describe("Dead man's switch: asked after each good run, with `/fail` behind its path after a bad one; it raises the alarm when nothing comes. A URL or `env:NAME`; `{host}` in it stands for the host, `{kind}` for `database`, `files`, `customers`, `verify` or `check` (every `checkMinutes`). Without `{kind}` only the check speaks, which sees all of them"),
  proofMaxAgeDays: z.number().positive().max(366).default(7).describe("Updates of all hosts and moves refuse when a host's last proof is older"),
  walSeconds: z.number().min(0.1).max(3600).default(0.5).describe("What was written to the database is in the store at the latest so many seconds later, and the time that sending it takes"),
});

export type Backup = z.infer<typeof backup>;
