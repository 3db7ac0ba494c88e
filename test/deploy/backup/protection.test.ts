/** When something that could go wrong may begin, as far as backups go. */
import { describe, expect, it } from "vitest";
import { unprotected } from "../../../deploy/backup/protection.ts";
import { parseBackupState, parseRecord } from "../../../deploy/backup/state.ts";
import { backup as schema } from "../../../model/backup-schema.ts";

const CLOCK = 1_800_000_000;
const HOUR = 3600;
const backup = schema.parse({ store: { path: "/mnt/share" }, password: "env:PASSWORD" });
const ran = (kind: string, hours: number): object => ({ kind, at: CLOCK - hours * HOUR, ok: true, seconds: 1, bytes: 1, label: null, detail: "" });
const state = (ages: Partial<Record<"database" | "files" | "customers" | "verify", number>>) => parseBackupState(JSON.stringify({
  at: CLOCK, wrong: [], wal: { lag: 0 }, timers: {}, last: {}, bytes: 0,
  newest: Object.fromEntries(Object.entries(ages).map(([kind, hours]) => [kind, ran(kind, hours)])),
}))!;
const fresh = { database: 3, files: 1, customers: 5, verify: 48 };

describe("a host that is to be changed", () => {
  it.each<[string, Parameters<typeof state>[0] | null, number | null, string | undefined]>([
    ["is backed up and proved", fresh, 24, undefined],
    ["was never set up", null, 24, "its backups are not set up"],
    ["misses a kind", { database: 3, files: 1, verify: 48 }, 24, "a backup of its database, its files or its customers is missing"],
    ["has an old one", { ...fresh, customers: 30 }, 24, "its oldest newest backup is 30 h old; hosting.yaml wants 24 h at most"],
    ["gets a new one first", { ...fresh, customers: 30 }, null, undefined],
    ["was never proved", { database: 3, files: 1, customers: 5 }, 24, "that its backups can be restored was never proved"],
    ["was proved long ago", { ...fresh, verify: 24 * 8 }, 24, "that its backups can be restored was last proved 8 d ago; hosting.yaml wants 7 d at most"],
  ])("%s", (_name, ages, hours, message) => {
    expect(unprotected("shared", { backup }, { clock: CLOCK, backup: ages && state(ages) }, hours)?.message).toBe(message);
  });
  it("needs nothing on a platform without backups", () => {
    expect(unprotected("shared", { backup: undefined }, { clock: CLOCK, backup: null }, 24)).toBeUndefined();
  });
});

describe("what a host wrote", () => {
  it.each(["", "{", "{}", JSON.stringify({ at: "soon" })])("counts as nothing when it can't be read: %j", (text) => {
    expect(parseBackupState(text)).toBeNull();
    expect(parseRecord(text)).toBeUndefined();
  });
});
