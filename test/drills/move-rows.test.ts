/** Which cells of moves there are, in which order, and what ends them. */
import { expect, it } from "vitest";
import { FLIPPING, PREPARING, SETTLING } from "../../deploy/move/steps.ts";
import { entries } from "../../drills/matrix/matrix.ts";
import { columnOf, columns, nextVerb } from "../../drills/matrix/move/columns.ts";
import { expectedEnd } from "../../drills/matrix/move/cell.ts";
import { chained } from "../../drills/matrix/move/judge.ts";
import { rows } from "../../drills/matrix/move/rows.ts";
import { reasons } from "../../drills/matrix/table.ts";

const names = columns.map(({ name }) => name);
const sensible = (name: string): string => names.filter((step) => rows.find((row) => row.name === name)!.senseless?.(step) === undefined).join(" ");
const own = ["lock", ...PREPARING, ...FLIPPING, ...SETTLING];

it("strikes at every step of a move, and of the ways back from one", () => {
  expect(names.slice(0, own.length)).toEqual(own);
  expect(new Set(names).size).toBe(names.length);
  for (const name of ["kill-9", "source-dead", "target-dead", "source-cut", "target-cut"]) expect(sensible(name), name).toBe(names.join(" "));
});

it.each([
  ["flip-killed", [...FLIPPING, ...FLIPPING.map((step) => `back/${step}`)].join(" ")],
  ["row-there", "schema replicate files rehearse"],
  ["schema-change", "schema replicate files rehearse hold watch back/rehearse"],
  ["open-transaction", "schema replicate rehearse hold back/rehearse back/hold"],
  ["full-disk", own.join(" ")],
])("%s can strike at %s", (name, steps) => expect(sensible(name)).toBe(steps));

it("gives a reason for every cell that is left out", () => {
  const given = reasons(rows, names);
  for (const { senseless } of entries(rows, names).filter((one) => one.senseless !== undefined)) expect(given.some((line) => line.startsWith(`– ${senseless} (`))).toBe(true);
});

it.each([
  ["schema", "preparing", "shared", "abort"], ["reference", "preparing", "shared", "run"], ["replicate", "preparing", "shared", "abort"],
  ["replicate", "moved", "own", "run"], ["lock", "none", "shared", "run"], ["route", "between", "shared", "run"], ["dns", "moved", "own", "run"],
  ["back/files", "moved", "own", "back"], ["back/route", "between", "own", "back"], ["back/dns", "preparing", "own", "back"], ["back/reverse", "preparing", "shared", "back"], ["back/watch", "preparing", "shared", "abort"],
  ["abort/undo", "preparing", "shared", "abort"], ["abort/undo", "none", "shared", null],
] as const)("a run struck at %s that leaves the move %s, by the files on the %s host, is followed by %s", (step, phase, filesSay, next) => {
  expect(nextVerb(columnOf(step), phase, filesSay)).toBe(next);
});

it("begins each cell where the last one ended, as far as there are such", () => {
  const order = chained(["lock", "schema", "back/lock", "back/watch", "abort/undo", "dns"].map((step) => ({ column: columnOf(step) })), ({ column }) => expectedEnd(column));
  expect(order.map(({ column }) => column.name)).toEqual(["lock", "back/lock", "abort/undo", "schema", "dns", "back/watch"]);
});
