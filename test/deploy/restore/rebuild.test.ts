import { describe, expect, it } from "vitest";
import { parseLast, parseRebuildSeen, restoreFiles } from "../../../deploy/host/rebuild.ts";
import { render } from "../../../deploy/remote/shell.ts";
import { ranLast } from "../../../deploy/restore/ran.ts";

describe("a rebuild on its host", () => {
  it.each([["fresh\n", { stage: "fresh" }], ["cleared", { stage: "cleared" }], ["files\n", { stage: "files" }], ["tables 14\n", { tables: 14 }]])("%j", (text, seen) => {
    expect(parseRebuildSeen(text)).toEqual(seen);
  });

  it("what is no answer is a bug, not an empty database", () => {
    expect(() => parseRebuildSeen("")).toThrow(/not an answer/);
    expect(() => parseRebuildSeen("tables\n")).toThrow(/not an answer/);
  });

  it("knows the last change that came back, when PostgreSQL said it", () => {
    expect(parseLast("pgbackrest restore\nat 2026-05-01 10:00:00+00\nlast 2026-05-01 10:00:07.123+00\n")).toBe("2026-05-01 10:00:07.123+00");
    expect(parseLast("last \n")).toBeNull();
  });

  it("files of a volume with another name come to this one", () => {
    expect(render(restoreFiles("/mnt/HC_Volume_9", { id: "a1b2", time: "2026-05-01T10:00:00.000Z", paths: ["/mnt/HC_Volume_1/uploads", "/var/lib/etage/releases.jsonl"] }))).toMatch(/a1b2 \/mnt\/HC_Volume_1\/uploads \/mnt\/HC_Volume_9\/uploads$/);
  });
});

describe("the release that a host ran", () => {
  const log = (version: string, at: string, outcome: "serving" | "failed" = "serving") => ({ version, at, outcome, digest: "sha256:1", by: "ada", operation: "o", verb: "update" as const });
  const operation = (verb: string, subject: string, startedAt: string, outcome: "ok" | "failed" = "ok") => ({ verb, subject, startedAt, outcome });
  it.each([
    ["by its own list", [log("v1", "2026-05-01T10:00:00Z"), log("v2", "2026-05-01T11:00:00Z")], [], "v2"],
    ["what failed did not serve", [log("v1", "2026-05-01T10:00:00Z"), log("v2", "2026-05-01T11:00:00Z", "failed")], [], "v1"],
    ["the list is as old as its snapshot: an update after it is in the journal", [log("v1", "2026-05-01T10:00:00Z")], [operation("restore host", "shared", "2026-05-01T13:00:00Z"), operation("update-all", "v3", "2026-05-01T12:30:00Z", "failed"), operation("update", "v2", "2026-05-01T12:00:00Z")], "v2"],
    ["the journal is this operator's: another one updated later", [log("v2", "2026-05-01T12:00:00Z")], [operation("update", "v1", "2026-05-01T10:00:00Z")], "v2"],
    ["by the journal alone", [], [operation("rollback", "v1", "2026-05-01T10:00:00Z")], "v1"],
    ["nobody knows", [], [operation("backup run", "shared", "2026-05-01T10:00:00Z")], null],
  ])("%s", (_, own, operations, version) => expect(ranLast(own, operations)).toBe(version));
});
