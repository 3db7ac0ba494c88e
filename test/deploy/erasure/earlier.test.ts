/** What the next run knows of one that was killed: by the journal alone. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { archiveWords, countIn, countWords, judgeEarlier, NOTHING_EARLIER } from "../../../deploy/erasure/earlier.ts";

type Step = Parameters<typeof judgeEarlier>[0][number][number];
const ok = (step: string, detail: string | null = null): Step => ({ operation: "1", step, outcome: "ok", detail });
const open = (step: string): Step => ({ operation: "1", step, outcome: "abandoned", detail: null });

const counted = { rows: { "public.orders": 12, "public.users": 3 }, files: { count: 4, bytes: 1200 } };
const archive = { file: "acme-1.tar", bytes: 5120, sha256: "a".repeat(64) };
const [count, exported] = [ok("count", countWords(counted)), ok("export", archiveWords(archive))];

describe("an earlier erasure", () => {
  it.each<[what: string, steps: Step[][], expected: Partial<typeof NOTHING_EARLIER>]>([
    ["none", [], {}],
    ["killed before anything was removed counts for nothing", [[ok("lock"), count, exported]], {}],
    ["killed while it removed", [[count, exported, open("erase")]], { counted, archive, operation: "1" }],
    ["killed again: what was there at first, under the first one's name", [[ok("count", countWords({ rows: { "public.organisations": 1 }, files: { count: 0, bytes: 0 } })), open("erase")].map((step) => ({ ...step, operation: "2" })), [count, exported, open("erase")]],
      { counted: { rows: { "public.organisations": 1, ...counted.rows }, files: counted.files }, archive, operation: "1" }],
    ["prepared twice: the archive of the run that went on", [[count, ok("export", archiveWords({ ...archive, file: "acme-2.tar" })), open("erase")], [count, exported]], { counted, archive: { ...archive, file: "acme-2.tar" }, operation: "1" }],
    ["an archive that did not arrive is none", [[count, { ...exported, outcome: "failed" }, open("erase")]], { counted, operation: "1" }],
    ["after its backups went", [[count, exported, ok("erase"), ok("backups", "1 backup of it alone")], [count, ok("erase"), ok("backups", "12 backups of it alone")]], { counted, archive, backups: 12, operation: "1" }],
    ["while its server went", [[count, exported, ok("erase"), ok("verify"), ok("unprotect"), open("destroy")]], { counted, archive, destroying: true, operation: "1" }],
    ["after its certificate", [[count, exported, ok("erase"), ok("certificate", "/c/acme.json, SHA-256 abc"), open("forget")]], { counted, archive, certificate: "/c/acme.json, SHA-256 abc", operation: "1" }],
  ])("%s", (_what, steps, expected) => expect(judgeEarlier(steps)).toEqual({ ...NOTHING_EARLIER, ...expected }));

  it("counts are read as they were written", () => {
    const amount = fc.nat(1e9);
    const table = fc.stringMatching(/^[a-z_]{1,12}\.[a-z_0-9]{1,12}$/);
    fc.assert(fc.property(fc.dictionary(table, amount, { noNullPrototype: true }), amount, amount, (rows, files, bytes) => {
      const one = { rows, files: { count: files, bytes } };
      expect(countIn(countWords(one))).toEqual(one);
    }));
    expect(countIn("no rows; 1 file, 0 bytes")).toEqual({ rows: {}, files: { count: 1, bytes: 0 } });
    expect(countIn("the app was told")).toBeNull();
  });
});
