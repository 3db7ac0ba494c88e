/** What is to be done on a host, from what is there. */
import { describe, expect, it } from "vitest";
import { describeInstall, isInstalled, mustRestart, parseBackupFinding, planInstall } from "../../../deploy/backup/install-plan.ts";
import { STARTED_UNITS } from "../../../deploy/backup/units.ts";
import { formatSections } from "../../../deploy/host/sections.ts";
import { sha256 } from "../../../deploy/host/secrets.ts";

const wanted = [
  { path: "/var/lib/etage/backup/bin/wal.py", content: "wal", mode: "0644", owner: "root:root" },
  { path: "/etc/etage/backup/restic.env", content: "secret", mode: "0400", owner: "root:root" },
];
const run = { kind: "database", at: 1, ok: true, seconds: 1, bytes: 1, label: "a", detail: "" };
const newest = { database: run, files: run, customers: run, verify: null };
const state = JSON.stringify({ at: 5, wrong: [], wal: { lag: 0 }, timers: {}, newest, last: newest, bytes: 0 });
const sums = (content: string): string => wanted.map(({ path, content: own }) => `${sha256(content || own)}  ${path}`).join("\n");

const whole = {
  files: sums(""), present: wanted.map(({ path }) => path).join("\n"), restic: "restic 0.14.0", pgbackrest: "pgBackRest 2.55.1",
  postgres: "/var/lib/postgresql/18/docker|/tmp|5432|on|t\n999\n", units: STARTED_UNITS.map((unit) => `${unit} active`).join("\n"), state,
};
const planned = (change: Partial<Record<keyof typeof whole, string | { code: number; output: string }>>) => {
  const found = parseBackupFinding(formatSections({ ...whole, ...change }));
  return planInstall("shared", found, found.place && wanted);
};

describe("the plan of an installation", () => {
  it("is empty for a host that is as it should be", () => {
    const plan = planned({});
    expect(plan).toEqual({ host: "shared", faults: [], restic: false, write: [], remove: [], enable: [], first: [] });
    expect(isInstalled(plan)).toBe(true);
    expect(describeInstall(plan)).toBe("shared: as it should be");
  });
  it("writes everything on a new host, starts all units, and begins the first backups", () => {
    const plan = planned({ files: "", present: "", restic: "", units: "", state: "" });
    expect(plan).toMatchObject({ restic: true, write: wanted.map(({ path }) => ({ path, why: "new" })), enable: STARTED_UNITS, first: ["database", "files", "customers"] });
    expect(mustRestart(plan)).toEqual([]);
  });
  it("replaces what differs, restarts what never ends, and removes what is no longer wanted", () => {
    const plan = planned({ files: sums("old"), present: `${whole.present}\n/etc/etage/backup/heartbeat` });
    expect(plan).toMatchObject({ write: wanted.map(({ path }) => ({ path, why: "changed" })), remove: ["/etc/etage/backup/heartbeat"] });
    expect(mustRestart(plan)).toEqual(["etage-backup-wal.service"]);
    expect(describeInstall(plan)).toBe("shared:\n  replaces  wal.py, restic.env\n  removes   heartbeat");
  });
  it.each<[string, Parameters<typeof planned>[0], string]>([
    ["PostgreSQL is away", { postgres: { code: 1, output: "no such container" } }, "shared: its PostgreSQL does not answer"],
    ["the image has no pgBackRest", { pgbackrest: { code: 126, output: "not found" } }, "shared: its PostgreSQL image has no pgBackRest"],
    ["nobody archives WAL", { postgres: "/d|/tmp|5432|off|f\n999\n" }, "shared: its PostgreSQL does not hand its WAL to pgBackRest yet"],
  ])("does nothing when %s", (_name, change, message) => {
    const plan = planned(change);
    expect(plan.faults.map((fault) => fault.message)).toEqual([message]);
    expect(isInstalled(plan)).toBe(false);
    expect(describeInstall(plan)).toContain(`✗ ${message}`);
  });
});
