/** What the next move will take, by those before. */
import { describe, expect, it } from "vitest";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { pastMoves, predictMove } from "../../../deploy/move/past.ts";
import { moved } from "../report/summaries.ts";

describe("from past moves", () => {
  it("nothing is known before the first", () => {
    expect(predictMove([], 5e9)).toEqual({ seconds: null, hold: null, moves: 0 });
  });

  it("a move of the same size takes as long, a larger one longer, a tiny one not nothing", () => {
    const past = [{ bytes: 1.8e9, seconds: 100, holdMilliseconds: 9 }];
    expect(predictMove(past, 1.8e9)).toEqual({ seconds: 100, hold: { usual: 9, longest: 9 }, moves: 1 });
    expect(predictMove(past, 3.8e9).seconds).toBe(200);
    expect(predictMove(past, 0).seconds).toBe(10);
  });

  it("a large one is not guessed from a small one's rate, and moves of both sizes say what a byte takes", () => {
    const small = { bytes: 41e6, seconds: 138, holdMilliseconds: 9 };
    expect(predictMove([small], 2e9).seconds).toBe(236);
    const large = { bytes: 2.041e9, seconds: 538, holdMilliseconds: 9 };
    expect(predictMove([small, large], 1.041e9).seconds).toBe(338);
    expect(predictMove([small, large, { ...small, seconds: 140 }, { ...large, seconds: 1500 }], 41e6).seconds).toBeLessThan(160);
  });

  it("one that was quicker than usual is believed", () => {
    expect(predictMove([{ bytes: 4e9, seconds: 100, holdMilliseconds: 9 }], 8e9).seconds).toBe(200);
  });

  it("the middle one counts, and the longest hold is told", () => {
    const past = [1, 5, 3].map((holdMilliseconds) => ({ bytes: 0, seconds: holdMilliseconds * 10, holdMilliseconds }));
    expect(predictMove(past, 0)).toEqual({ seconds: 30, hold: { usual: 3, longest: 5 }, moves: 3 });
  });

  it("only moves that went well are past moves", async () => {
    const journal = openSqlite(":memory:");
    const note = async (id: string, verb: string, outcome: "ok" | "failed", detail: string) => {
      await journal.begin({ id, verb, subject: "acme", by: "ada", machine: "laptop", startedAt: "2026-05-01T10:00:00.000Z" });
      await journal.end(id, "2026-05-01T10:01:00.000Z", outcome, detail);
    };
    await note("1", "move", "ok", JSON.stringify(moved));
    await note("2", "move", "failed", JSON.stringify({ ...moved, ok: false }));
    await note("3", "move", "ok", JSON.stringify({ ...moved, holdMilliseconds: null }));
    await note("4", "move back", "ok", JSON.stringify(moved));
    await note("5", "update", "ok", "a sentence");
    expect(await pastMoves(journal)).toEqual([{ bytes: 3e6, seconds: 42, holdMilliseconds: 9 }]);
    await journal.close();
  });
});
