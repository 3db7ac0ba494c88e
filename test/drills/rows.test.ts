/** Which cells there are, and why the others are not. */
import { expect, it } from "vitest";
import { entries } from "../../drills/matrix/matrix.ts";
import { needed } from "../../drills/matrix/play.ts";
import { columns, rows } from "../../drills/matrix/rows.ts";
import { reasons, table } from "../../drills/matrix/table.ts";
import { STEPS } from "../../deploy/report/event.ts";

const sensible = (name: string): string => columns.filter((step) => rows.find((row) => row.name === name)!.senseless?.(step) === undefined).join(" ");

it("strikes at every step that the journal knows, but for the backups that its hosts have not", () => {
  expect(columns).toEqual(STEPS.filter((step) => step !== "backups"));
  for (const name of ["kill-9", "ctrl-c", "network-cut", "machine-frozen", "machine-dead", "registry-down", "full-disk"]) expect(sensible(name), name).toBe(columns.join(" "));
});

it.each([
  ["out-of-memory", "start gate-inside canary switch gate-outside steady"],
  ["bad-release", "start gate-inside canary"],
  ["bad-answers", "canary switch gate-outside steady"],
  ["slow-start", "start"],
  ["flapping", "start gate-inside canary switch gate-outside steady"],
  ["migration-fails", "migrate"],
  ["migration-hangs", "migrate"],
])("%s can strike at %s", (name, steps) => expect(sensible(name)).toBe(steps));

it("gives a reason for every cell that is left out, each once", () => {
  const left = entries(rows, columns).filter(({ senseless }) => senseless !== undefined);
  const given = reasons(rows, columns);
  expect(new Set(given).size).toBe(given.length);
  for (const { senseless } of left) expect(given.some((line) => line.startsWith(`– ${senseless} (`))).toBe(true);
  expect(given).toContain("– migrations run in their own step (migration-fails, migration-hangs)");
});

it("builds only the releases that the chosen cells roll", () => {
  const kinds = (row: string, step: string) => [...needed(entries(rows.filter(({ name }) => name === row), columns.filter((one) => one === step)))].sort();
  expect(kinds("kill-9", "pull")).toEqual(["sound"]);
  expect(kinds("kill-9", "undo")).toEqual(["sound", "told"]);
  expect(kinds("migration-hangs", "migrate")).toEqual(["migration-hangs"]);
  expect(kinds("migration-hangs", "pull")).toEqual([]);
});

it("draws what was played", () => {
  const some = rows.filter(({ name }) => ["kill-9", "migration-fails"].includes(name));
  const cell = (row: string, step: "pull" | "migrate", ok: boolean) => ({ row, step, ok, wrong: [], seconds: 11.6, reached: null, seen: {} as never });
  const drawn = table(some, ["pull", "migrate"], [cell("kill-9", "pull", true), cell("migration-fails", "migrate", false)]);
  expect(drawn.split("\n").map((line) => line.trimEnd().replace(/\s+/g, " "))).toEqual([" pull migrate", "kill-9 ✓ 12", "migration-fails – ✗"]);
});
