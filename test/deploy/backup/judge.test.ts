/** The host's own judgement, as it runs there: what was found in, what is wrong out. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const FOLDER = join(import.meta.dirname, "../../../deploy/backup/host");
const NOW = 1_800_000_000;

/** What an expression of Python gives, with the host's modules at hand; `given` is the value `g`. */
function python<T>(imports: string, expression: string, given: unknown): T {
  const program = `import json,sys\nsys.dont_write_bytecode = True\nsys.path.insert(0, sys.argv[1])\n${imports}\ng = json.load(sys.stdin)\nprint(json.dumps(${expression}))`;
  return JSON.parse(execFileSync("python3", ["-c", program, FOLDER], { input: JSON.stringify(given), encoding: "utf8" })) as T;
}

const KINDS = ["database", "files", "customers", "verify"];
const good = (kind: string, ago: number, change: object = {}): object => ({ kind, at: NOW - ago, ok: true, seconds: 1, bytes: 1, label: null, detail: "", ...change });
const timer = (change: object = {}): object => ({ active: true, last: NOW - 3600, next: NOW + 60, running: null, ...change });
const well = {
  now: NOW, records: KINDS.map((kind) => good(kind, 3600)), timers: Object.fromEntries(KINDS.map((kind) => [kind, timer()])), walSeconds: 0.5, store: null as string | null,
  wal: { lag: 0.4, failing: false, dropped: null as string | null, service: true }, disks: [{ path: "/mnt/data", share: 0.5 }], proofDays: 7,
};

const TABLE: [string, typeof well, string[]][] = [
  ["all is well", well, []],
  ["the store is away", { ...well, store: "restic: connection refused" }, ["store: restic: connection refused"]],
  ["WAL waits", { ...well, wal: { ...well.wal, lag: 125 } }, ["wal: what was written 2 min ago is not in the store yet"]],
  ["WAL was let go", { ...well, wal: { ...well.wal, dropped: "up to 0000000100000000000000AA" } }, ["wal: segments are missing in the store, up to 0000000100000000000000AA (the queue was full while it was away); the next backup of the database begins a new chain"]],
  ["nobody ends segments", { ...well, wal: { ...well.wal, service: false } }, ["wal: etage-backup-wal.service does not run, so what is written waits until a segment is full"]],
  ["the disk is full", { ...well, disks: [{ path: "/mnt/data", share: 0.04 }] }, ["disk: /mnt/data has 4% free"]],
  ["a run failed", { ...well, records: [...well.records, good("files", 60, { ok: false, detail: "snapshot of the files: no route" })] }, ["files: snapshot of the files: no route (1 min ago; the last good one: 60 min ago)"]],
  ["a run left no word", { ...well, timers: { ...well.timers, customers: timer({ last: NOW - 600 }) } }, ["customers: the run of 10 min ago left no word"]],
  ["a run by hand was killed", { ...well, timers: { ...well.timers, files: timer({ began: NOW - 10 }) } }, ["files: the run of 10 s ago left no word"]],
  ["a run is on", { ...well, timers: { ...well.timers, customers: timer({ last: NOW - 600, running: NOW - 600 }) } }, []],
  ["a run hangs", { ...well, timers: { ...well.timers, customers: timer({ last: NOW - 90_000, running: NOW - 90_000 }) } }, ["customers: has been running for 25 h"]],
  ["a timer was stopped", { ...well, timers: { ...well.timers, database: timer({ active: false }) } }, ["database: its timer does not run"]],
  ["the first proof is still to come", { ...well, records: well.records.slice(0, 3), timers: { ...well.timers, verify: timer({ last: null }) } }, []],
  ["there was never a proof", { ...well, records: [good("files", 8 * 86_400), ...well.records.slice(0, 3)], timers: { ...well.timers, verify: timer({ last: null }) } }, ["verify: there is none yet"]],
  ["the proof is old", { ...well, records: [...well.records.slice(0, 3), good("verify", 9 * 86_400)], timers: { ...well.timers, verify: timer({ last: NOW - 9 * 86_400 }) } }, ["verify: the proof is 9 d old; hosting.yaml wants it within 7 days"]],
];

describe("the judgement of a host", () => {
  const found = python<string[][]>("from judge import wrong", "[wrong(each) for each in g]", TABLE.map(([, input]) => input));
  it.each(TABLE.map(([name, , expected], at) => [name, expected, found[at]!] as const))("%s", (_name, expected, said) => {
    expect(said).toEqual(expected);
  });
});

describe("what a host begins besides its timers", () => {
  const failed = (kind: string, ago: number, change: object = {}): object => good(kind, ago, { ok: false, ...change });
  const unproved = well.records.slice(0, 3);
  const table: [string, object, string[]][] = [
    ["nothing when all is well", well, []],
    ["nothing right after a fault", { ...well, records: [...well.records, failed("database", 600)] }, []],
    ["what failed, half an hour after it ended", { ...well, records: [...well.records, failed("database", 1900), failed("customers", 3000, { seconds: 1300 })] }, ["database"]],
    ["after each failure in a row twice as late", { ...well, records: [...well.records, failed("database", 9000), failed("database", 3700), failed("files", 9000), failed("files", 3500)] }, ["database"]],
    ["not what goes on already, nor what was stopped", { ...well, records: [...well.records, failed("files", 1900), failed("database", 1900)], timers: { ...well.timers, files: timer({ running: NOW - 5 }), database: timer({ active: false }) } }, []],
    ["not a proof that failed: it would again", { ...well, records: [...well.records, failed("verify", 1900)] }, []],
    ["the first proof, as soon as there is all that it needs", { ...well, records: unproved }, ["verify"]],
    ["no proof while a first backup is missing", { ...well, records: unproved.slice(1) }, []],
    ["no proof of no customers", { ...well, records: [...unproved.slice(0, 2), good("customers", 60, { bytes: 0 })] }, []],
    ["no second first proof", { ...well, records: [...unproved, failed("verify", 60)] }, []],
  ];
  const found = python<string[][]>("from judge import due", "[due(each) for each in g]", table.map(([, input]) => input));
  it.each(table.map(([name, , expected], at) => [name, expected, found[at]!] as const))("%s", (_name, expected, said) => {
    expect(said).toEqual(expected);
  });
});

describe("what else hosts decide", () => {
  it("makes a whole backup when there is none, when the last is old, when it is asked for, and never for a damaged one's sake", () => {
    const backup = (type: string, ago: number, error = false): object => ({ type, error, timestamp: { stop: NOW - ago } });
    const cases = [[[]], [[backup("full", 6 * 86_400)]], [[backup("full", 7 * 86_400)]], [[backup("full", 86_400)], "full"], [[backup("full", 86_400, true)]], [[backup("full", 86_400), backup("incr", 60)]]];
    expect(python("from database import backup_type", `[backup_type(known, {"fullDays": 7}, ${NOW}, *rest) for known, *rest in g]`, cases)).toEqual(["full", "incr", "full", "full", "full", "incr"]);
  });
  it("says where a restored database is not what was recorded", () => {
    const recorded = { a: { rows: 2, sum: "5" }, b: { rows: 1, sum: "7" }, c: { rows: 1, sum: "1" }, d: { rows: 0, sum: "0" } };
    const restored = { a: { rows: 2, sum: "5" }, b: { rows: 1, sum: "8" }, c: { rows: 0, sum: "0" }, e: { rows: 0, sum: "0" } };
    expect(python("from scratch import differences", "differences(g[0], g[1])", [recorded, restored])).toEqual(["b has other contents", "c has 0 rows of 1", "d is missing", "e was not there then"]);
  });
  it("finds segments of WAL that are missing, on each timeline by itself, also where the counting goes over", () => {
    const segment = (timeline: number, number: number): string => [timeline, Math.floor(number / 4096), number % 4096].map((part) => part.toString(16).toUpperCase().padStart(8, "0")).join("");
    const cases = [[1, 2, 3], [4095, 4096], [1, 3]].map((numbers) => numbers.map((number) => segment(1, number)));
    expect(python("from chain import gaps", "[gaps(each, 2**20) for each in g]", [...cases, [segment(1, 5), segment(2, 9)]])).toEqual([
      [], [], [`between ${segment(1, 1)} and ${segment(1, 3)}`], [],
    ]);
  });
  it("tells of what pgBackRest finds damaged, and of nothing else", () => {
    const text = "  archiveId: 18-1, total WAL checked: 13, total valid WAL: 13\n    missing: 0, checksum invalid: 0, size invalid: 0, other: 0\n  backup: 20261122F, status: invalid, total files checked: 9\n    missing: 0, checksum invalid: 317, size invalid: 0, other: 2\n";
    expect(python("from chain import damage", "damage(g)", text)).toEqual(["backup: 20261122F: checksum invalid: 317, other: 2"]);
  });
  it("puts /fail behind the path of a heartbeat, before its question", () => {
    const cases = [["https://b.example.com/k/{host}-{kind}?create=1", true], ["https://b.example.com/k/{host}-{kind}?create=1", false], ["https://b.example.com/u/", false]];
    expect(python("from heartbeat import address", `[address(url, "shared", "files", ok) for url, ok in g]`, cases)).toEqual([
      "https://b.example.com/k/shared-files?create=1", "https://b.example.com/k/shared-files/fail?create=1", "https://b.example.com/u/fail",
    ]);
  });
  it("forgives files that a customer removed while they were read, and no others", () => {
    const line = (item: string): string => JSON.stringify({ message_type: "error", error: { message: "lstat" }, item });
    expect(python("from files import vanished", "[vanished(each) for each in g]", [line("/no/such/file"), `${line("/no/such/file")}\n${line("/")}`, ""])).toEqual([true, false, false]);
  });
});
