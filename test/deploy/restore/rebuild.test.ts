import { describe, expect, it } from "vitest";
import { parseLast, parseRebuildSeen, restoreFiles } from "../../../deploy/host/rebuild.ts";
import { render } from "../../../deploy/remote/shell.ts";

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
