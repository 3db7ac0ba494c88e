/** Whose data may go, what goes, what stays until when, and the paper about it. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Certificate, certificateText, signed } from "../../../deploy/erasure/certificate.ts";
import { describeErasure } from "../../../deploy/erasure/describe.ts";
import { NOTHING_EARLIER } from "../../../deploy/erasure/earlier.ts";
import { countSql, type ErasureFacts } from "../../../deploy/erasure/facts.ts";
import { planErasure } from "../../../deploy/erasure/plan.ts";
import type { MoveMark } from "../../../deploy/host/moves.ts";
import { isProtected } from "../../../deploy/stack/destroy.ts";
import { backup } from "../../../model/backup-schema.ts";
import { customer, hosting } from "../../../model/schema.ts";
import { v1 } from "../support/fleet.ts";

const now = new Date("2026-12-22T08:00:00Z");
const retention = hosting.shape.retention.parse({});
const counted = { rows: { "public.orders": 12, "public.organisations": 1 }, files: { count: 2, bytes: 3_000_000 } };
const site = (moves: MoveMark[] = [], dumps = 0): ErasureFacts["now"] => ({ release: v1, seen: { moves, dumps: Array.from({ length: dumps }) } }) as unknown as ErasureFacts["now"];
const facts = (change: Partial<ErasureFacts> & { status?: string; eraseOn?: string } = {}): ErasureFacts => {
  const { status = "leaving", eraseOn = "2026-12-22", ...rest } = change;
  return {
    customer: customer.parse({ slug: "acme", name: "Acme", tier: "shared", status, ...(eraseOn === "" ? {} : { eraseOn }) }), host: "shared", dedicated: false, now: site(), counted,
    folders: ["acme"], tenancy: { key: 7, rows: [], hostTables: [] }, stack: false, unsound: null, earlier: NOTHING_EARLIER, ...rest,
  };
};
const mark = (phase: MoveMark["phase"], slug = "acme"): MoveMark => ({ slug, operation: "1", from: "shared", to: "acme", phase, by: "ada", since: "" });
const plan = (change: Parameters<typeof facts>[0] = {}, early = false, backups?: ReturnType<typeof backup.parse>) => planErasure({ retention, backup: backups }, facts(change), { early, now });

describe("what stands in the way", () => {
  it.each<[what: string, change: Parameters<typeof facts>[0], early: boolean, faults: [string, string | null][]]>([
    ["nothing, on the day", {}, false, []],
    ["nothing, later", { eraseOn: "2026-01-01" }, false, []],
    ["its day has not come", { eraseOn: "2026-12-23" }, false, [["its data is kept until 2026-12-23", "deploy erase acme --now"]]],
    ["its day has not come, and a person wants it", { eraseOn: "2026-12-23" }, true, []],
    ["suspended for good", { status: "suspended", eraseOn: "" }, false, [["no day of erasure stands in customers.yaml", "deploy erase acme --now"]]],
    ["suspended until today", { status: "suspended" }, false, []],
    ["active, whatever a person wants", { status: "active", eraseOn: "" }, true, [["acme is active", "deploy customer remove acme"]]],
    ["a move that is prepared", { now: site([mark("preparing")]) }, false, [["a move of it is not over (shared → acme)", "deploy move abort acme"]]],
    ["a move that is not finished", { now: site([mark("moved")]) }, true, [["a move of it is not over (shared → acme)", "deploy move finish acme"]]],
    ["somebody else's move", { now: site([mark("moved", "beta")]) }, false, []],
    ["a ring that names it", { unsound: "rollout.rings[0].hosts[0]: no host acme" }, false, [["hosting.yaml needs it (rollout.rings[0].hosts[0]: no host acme)", "edit hosting.yaml, then deploy check"]]],
    ["begun before, and the day was moved: it is gone already", { eraseOn: "2027-12-23", earlier: { ...NOTHING_EARLIER, counted } }, false, []],
  ])("%s", (_what, change, early, faults) => expect(plan(change, early).faults.map(({ reason, command }) => [reason, command])).toEqual(faults));
});

describe("a plan", () => {
  it("says what goes, and what stays until when", () => {
    const backups = backup.parse({ store: { path: "/mnt/backup" }, password: "env:P" });
    expect(describeErasure(plan({ now: site([], 3) }, false, backups))).toBe([
      "Erases acme on shared for good (leaving, kept until 2026-12-22):",
      "  13 rows in 2 tables, 2 files (3 MB)", "    public.orders 12", "    public.organisations 1",
      "  first a last archive, kept here until 2027-01-21",
      "  stays: 3 dumps of the database on shared (one goes with each new one, which every update makes when the newest is too old; seven are kept)",
      "  stays: backups of the database and of the files of shared until 2027-12-30 (backup.keep)",
    ].join("\n"));
  });
  it("of a host of its own: its stack goes, with the dumps on it", () => {
    const own = plan({ host: "acme", dedicated: true, stack: true, now: site([], 3) });
    expect(own).toMatchObject({ stack: "acme", expiring: [] });
    expect(describeErasure(own)).toContain("  its own server, volume, DNS records: stack acme is destroyed\n");
  });
  describe("of a host of its own that backs up", () => {
    const backups = backup.parse({ store: { path: "/mnt/backup" }, password: "env:P" });
    const own = { host: "acme", dedicated: true, stack: true };
    it("takes the host's backups along", () => {
      const taken = plan(own, false, backups);
      expect(taken).toMatchObject({ wipes: true, expiring: [] });
      expect(describeErasure(taken)).toContain("  all backups of acme in the store");
    });
    it("names what nobody prunes any more when the host is gone, without a day", () => {
      expect(plan({ ...own, now: null }, false, backups)).toMatchObject({ wipes: false, expiring: [
        { what: "backups of acme in the store, which are this customer's alone", until: null, policy: "the host is gone, and nobody else prunes them: remove the folder acme there" },
      ] });
    });
    it("does not when a run before removed them", () => {
      expect(plan({ ...own, now: null, earlier: { ...NOTHING_EARLIER, backups: 7 } }, false, backups).expiring).toEqual([]);
    });
  });
  it("makes no second archive of what is half gone", () => {
    const half = { ...NOTHING_EARLIER, counted: { rows: { "public.orders": 12 }, files: { count: 2, bytes: 5 } } };
    expect(plan({ earlier: half, counted: { rows: {}, files: { count: 1, bytes: 1 } } })).toMatchObject({ archive: null, goesOn: true, counted: half.counted });
    expect(plan({ now: null })).toMatchObject({ archive: null, release: null });
  });
  it("hosting.yaml may want no archive", () => {
    expect(planErasure({ retention: { ...retention, exportDays: 0 }, backup: undefined }, facts(), { early: false, now }).archive).toBeNull();
  });
});

it("rows are counted by the tenant's key, whatever names look like", () => {
  expect(countSql({ key: 7, rows: [{ table: "orders", column: "organisation_id" }, { table: 'odd.it"s', column: "key" }] })).toBe(
    `select json_build_object('public.orders', (select count(*) from "public"."orders" where "organisation_id" = '7'), 'odd.it"s', (select count(*) from "odd"."it""s" where "key" = '7'));\n`);
});

describe("the certificate", () => {
  const certificate: Certificate = {
    format: 1, kind: "certificate of erasure", platform: "demo", customer: "acme", operation: "20261222080000-abc123", erasedAt: "2026-12-22T08:00:09.000Z", host: "shared", release: "v42",
    erased: counted, left: { rows: 0, files: 0 }, stack: null, archive: { file: "acme-1.tar", bytes: 5120, sha256: "a".repeat(64), keptUntil: "2027-01-21" }, removedBackups: 4,
    expiring: [{ what: "backups of the database and of the files of shared", until: "2027-12-30", policy: "backup.keep" }],
  };
  it("can be checked: its sum is of everything else in it", () => {
    const { sha256, ...rest } = signed(certificate);
    expect(createHash("sha256").update(JSON.stringify(rest)).digest("hex")).toBe(sha256);
    expect(signed({ ...certificate, host: "shared-2" }).sha256).not.toBe(sha256);
  });
  it("in words", () => {
    const paper = signed(certificate);
    expect(certificateText(paper)).toBe(`Certificate of erasure · demo

customer  acme
erased    2026-12-22T08:00:09.000Z
on        host shared, by release v42
operation 20261222080000-abc123
rows      13
          public.orders 12
          public.organisations 1
files     2 (3 MB)
left      0 rows, 0 files, counted again
archive   acme-1.tar, 5120 bytes, SHA-256 ${"a".repeat(64)}; kept until 2027-01-21
backups   4 backups of this customer alone removed
          stays: backups of the database and of the files of shared until 2027-12-30 (backup.keep)
SHA-256   ${paper.sha256}
`);
  });
});

it("a stack is unprotected when nothing in it is", () => {
  const state = (...resources: object[]): string => JSON.stringify({ version: 3, deployment: { resources } });
  expect(isProtected(state({ type: "hcloud:index/server:Server", protect: true }, { type: "x" }))).toBe(true);
  expect(isProtected(state({ type: "hcloud:index/server:Server" }))).toBe(false);
  expect(isProtected(JSON.stringify({ version: 3, deployment: {} }))).toBe(false);
});
