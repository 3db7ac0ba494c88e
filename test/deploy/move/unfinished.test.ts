/** Which move `resume` goes on with. */
import { expect, it } from "vitest";
import type { Outcome } from "../../../deploy/journal/journal.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { unfinishedMove } from "../../../deploy/move/unfinished.ts";

async function journalOf(...done: [id: string, verb: string, outcome: Outcome | null][]) {
  const journal = openSqlite(":memory:");
  for (const [at, [id, verb, outcome]] of done.entries()) {
    await journal.begin({ id, verb, subject: verb.startsWith("move") ? "acme" : "v2", by: "ada", machine: "laptop", startedAt: `2026-05-01T10:0${at}:00.000Z` });
    if (outcome) await journal.end(id, "2026-05-01T11:00:00.000Z", outcome, "x");
  }
  return journal;
}

it.each<[what: string, done: [id: string, verb: string, outcome: Outcome | null][], expected: unknown]>([
  ["nothing was done", [], undefined],
  ["a move that failed", [["1", "move", "failed"]], { slug: "acme", back: false }],
  ["one that was killed", [["1", "move", null]], { slug: "acme", back: false }],
  ["a way back that failed", [["1", "move", "ok"], ["2", "move back", "failed"]], { slug: "acme", back: true }],
  ["one that went well", [["1", "move", "ok"]], undefined],
  ["one that was ended", [["1", "move", "failed"], ["2", "move abort", "ok"]], undefined],
  ["a rollout since", [["1", "move", "failed"], ["2", "update-all", "failed"]], undefined],
  ["an update of one host since", [["1", "move", "failed"], ["2", "update", "ok"]], { slug: "acme", back: false }],
])("%s", async (_what, done, expected) => {
  const journal = await journalOf(...done);
  expect(await unfinishedMove(journal, undefined)).toEqual(expected);
  await journal.close();
});

it("one that is named", async () => {
  const journal = await journalOf(["1", "move", "failed"], ["2", "update-all", "ok"]);
  expect(await unfinishedMove(journal, "1")).toEqual({ slug: "acme", back: false });
  expect(await unfinishedMove(journal, "2")).toBeUndefined();
  await journal.close();
});
