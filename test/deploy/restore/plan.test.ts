/** What a restore of a customer takes, by what is there. */
import { describe, expect, it } from "vitest";
import type { DatabaseBackup } from "../../../deploy/host/database-backups.ts";
import { parseDatabaseBackups } from "../../../deploy/host/database-backups.ts";
import { gatherFiles, parseSnapshots, snapshotsAround } from "../../../deploy/host/snapshots.ts";
import { parseRestoreSeen } from "../../../deploy/host/restores.ts";
import { targetTime } from "../../../deploy/host/scratch.ts";
import { render } from "../../../deploy/remote/shell.ts";
import { parseArchive, parseImported, sameEnd } from "../../../deploy/restore/archive.ts";
import { describeRestore, planRestore, type RestoreFacts } from "../../../deploy/restore/plan.ts";

const at = "2026-05-01T10:00:00.000Z";
const backup = (label: string, ended: string, bytes = 2e9): DatabaseBackup => ({ label, type: "full", began: ended, ended, bytes });
const snapshot = (id: string, time: string, paths = ["/mnt/HC_Volume_1/uploads", "/var/lib/etage/releases.jsonl"]) => ({ id, time, paths });
const facts: RestoreFacts = {
  slug: "acme", host: "shared", release: "v42", clock: Date.parse("2026-05-01T10:10:00Z") / 1000,
  backups: [backup("20260430F", "2026-04-30T01:00:00.000Z"), backup("20260501I", "2026-05-01T01:00:00.000Z", 3e9), backup("20260501J", "2026-05-01T10:05:00.000Z")],
  snapshots: [snapshot("a1", "2026-05-01T09:00:00.000Z"), snapshot("b2", "2026-05-01T09:30:00.000Z"), snapshot("c3", "2026-05-01T10:05:00.000Z"), snapshot("d4", "2026-05-01T10:08:00.000Z")],
  free: 20e9, silent: [], seen: { mark: null, container: null, archived: false }, moves: [],
};
const mark = { slug: "acme", operation: "o", at, phase: "beside" as const, by: "ada", since: at };
const faultsOf = (change: Partial<RestoreFacts>, time = at): string[] => planRestore({ ...facts, ...change }, time).faults.map(({ message }) => message);

describe("a plan", () => {
  it("begins with the last backup before the time, and takes files from around it", () => {
    const plan = planRestore(facts, at);
    expect(plan).toMatchObject({ from: "20260501I", bytes: 3e9, age: 600, goesOn: false, faults: [], remarks: [] });
    expect(plan.snapshots.map(({ id }) => id)).toEqual(["b2", "c3"]);
    expect(describeRestore(plan)).toBe([
      "Plan: acme on shared to 2026-05-01T10:00:00.000Z (10 min ago), read with v42",
      "  from    backup 20260501I, then every change until 2026-05-01T10:00:00.000Z",
      "  beside  scratch database of 3.0 GB on shared; the living one goes on, for everybody",
      "  files   snapshots of 2026-05-01T09:30:00.000Z and 2026-05-01T10:05:00.000Z, and those that are there now",
    ].join("\n"));
  });

  it.each<[string, Partial<RestoreFacts>, string | undefined, RegExp]>([
    ["before the oldest backup", {}, "2026-04-30T00:00:00.000Z", /oldest backup of shared's database ended 2026-04-30T01:00/],
    ["without a backup", { backups: [] }, at, /shared has no backup of its database/],
    ["a store that does not answer", { backups: [], silent: ["shared does not say which backups of its database it has: timeout"] }, at, /does not say/],
    ["a host whose clock is behind", { clock: Date.parse("2026-05-01T09:59:00Z") / 1000 }, at, /that time has not come yet there/],
    ["another scratch", { seen: { mark: { ...mark, at: "2026-05-01T09:00:00.000Z" }, container: null, archived: true } }, at, /a scratch database of acme at 2026-05-01T09:00/],
    ["a full disk", { free: 3.5e9 }, at, /shared has 3.5 GB free for its data; the scratch database needs 3.9 GB/],
    ["a move", { moves: [{ slug: "acme", operation: "m", from: "shared", to: "acme", phase: "preparing", by: "ada", since: at }] }, at, /acme is being moved from shared to acme/],
  ])("%s stands in the way", (_name, change, time, fault) => {
    expect(faultsOf(change, time)).toEqual([expect.stringMatching(fault)]);
  });

  it("goes on with a scratch of the same time, also on a disk that it has filled itself; another customer's move is no matter", () => {
    expect(planRestore({ ...facts, free: 1e6, seen: { mark, container: { state: "running", at }, archived: false } }, at)).toMatchObject({ goesOn: true, faults: [] });
    expect(faultsOf({ moves: [{ slug: "beta", operation: "m", from: "shared", to: "beta", phase: "moved", by: "ada", since: at }] })).toEqual([]);
  });

  it("says which files may be missing", () => {
    expect(planRestore({ ...facts, snapshots: [] }, at).remarks).toEqual([expect.stringContaining("files that were removed since are missing")]);
    expect(planRestore({ ...facts, snapshots: [snapshot("d4", "2026-05-01T10:08:00.000Z")] }, at).remarks).toEqual([expect.stringContaining("files that were removed before are missing")]);
  });
});

describe("what the tools print", () => {
  it("pgBackRest's list", () => {
    const one = (label: string, stop: number) => ({ label, type: "incr", error: false, timestamp: { start: stop - 5, stop }, info: { size: 100, repository: { delta: 1 } } });
    expect(parseDatabaseBackups(JSON.stringify([{ name: "shared", backup: [one("b", 1777629605), one("a", 1777543205)], status: { code: 0 } }]))).toEqual([
      { label: "a", type: "incr", began: "2026-04-30T10:00:00.000Z", ended: "2026-04-30T10:00:05.000Z", bytes: 100 }, { label: "b", type: "incr", began: "2026-05-01T10:00:00.000Z", ended: "2026-05-01T10:00:05.000Z", bytes: 100 },
    ]);
    expect(parseDatabaseBackups('[{"name":"shared","status":{"code":1}}]')).toEqual([]);
  });

  it("restic's list, with times of any zone", () => {
    expect(parseSnapshots('[{"id":"b","time":"2026-05-01T11:30:00.123456789+02:00","paths":["/x/uploads"],"tags":["files"]},{"id":"a","time":"2026-05-01T09:00:00Z","paths":[]}]').map(({ id, time }) => `${id} ${time}`))
      .toEqual(["a 2026-05-01T09:00:00.000Z", "b 2026-05-01T09:30:00.123Z"]);
    expect(parseSnapshots("null\n")).toEqual([]);
    expect(snapshotsAround([], at)).toEqual([]);
  });

  it("gathers files by the path that each snapshot has", () => {
    const text = render(gatherFiles({ dataPath: "/mnt/new", into: "/mnt/new/restore/acme/uploads", folders: ["acme"], snapshots: [snapshot("a1", at), snapshot("b2", at, ["/mnt/other/uploads"])], group: 10001 }));
    expect(text).toContain("'a1 /mnt/HC_Volume_1/uploads\nb2 /mnt/other/uploads'");
  });

  it("what lies on a host", () => {
    const section = (name: string, text: string): string => `\u001e<${name}\n${text}\n\u001e>0\n`;
    expect(parseRestoreSeen(section("mark", JSON.stringify(mark)) + section("container", `running ${at}`) + section("archive", "there"))).toEqual({ mark, container: { state: "running", at }, archived: true });
    expect(parseRestoreSeen(section("mark", "") + section("container", "") + section("archive", ""))).toEqual({ mark: null, container: null, archived: false });
    expect(parseRestoreSeen(section("mark", '{"slug') + section("container", "exited") + section("archive", ""))).toEqual({ mark: null, container: { state: "exited", at: "" }, archived: false });
  });

  it("an archive's two ends; one without its end is none", () => {
    const manifest = { format: "tenant-archive", version: 1, slug: "acme", name: "Acme", release: "v1", exportedAt: at, tables: { orders: ["id"] } };
    const end = { tables: { orders: { rows: 2, sha256: "x" } }, files: { count: 0, bytes: 0 } };
    expect(parseArchive(`${JSON.stringify(manifest)}\n${JSON.stringify(end)}\n`, "x.tar")).toEqual({ manifest, end });
    expect(() => parseArchive(`${JSON.stringify(manifest)}\n\n`, "x.tar")).toThrow(/x.tar is no whole archive/);
    const imported = parseImported(`words\n${JSON.stringify({ slug: "acme", ...end })}\n`);
    expect(sameEnd(end, imported)).toBe(true);
    expect(sameEnd(end, { ...imported, tables: {} })).toBe(false);
  });

  it("PostgreSQL's time", () => {
    expect(targetTime("2026-05-01T10:00:00.250Z")).toBe("2026-05-01 10:00:00.250+00");
  });
});
