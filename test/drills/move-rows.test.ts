/** Which cells of moves there are, in which order, and what ends them. */
import { expect, it } from "vitest";
import { FLIPPING, PREPARING, SETTLING } from "../../deploy/move/steps.ts";
import { entries } from "../../drills/matrix/matrix.ts";
import { columnOf, columns, nextVerb, startsOf } from "../../drills/matrix/move/columns.ts";
import { expectedEnd } from "../../drills/matrix/move/cell.ts";
import { chained } from "../../drills/matrix/move/judge.ts";
import { rows } from "../../drills/matrix/move/rows.ts";
import { reasons } from "../../drills/matrix/table.ts";

const names = columns.map(({ name }) => name);
const sensible = (name: string): string => names.filter((step) => rows.find((row) => row.name === name)!.senseless?.(step) === undefined).join(" ");
const own = ["lock", ...PREPARING, ...FLIPPING, ...SETTLING];

/** Strikes that come from outside can't tell the parts of a hold apart, nor a step that is over as it begins. */
const apart = (name: string): boolean => !["reference", ...FLIPPING.slice(1), ...FLIPPING.slice(1).map((step) => `back/${step}`)].includes(name);
const outside = names.filter(apart);

it("strikes at every step of a move, of the ways back from one, and of its end", () => {
  expect(names.slice(0, own.length)).toEqual(own);
  expect(new Set(names).size).toBe(names.length);
  expect(sensible("kill-9")).toBe(outside.join(" "));
  for (const name of ["source-dead", "target-dead", "source-cut", "target-cut"]) expect(sensible(name), name).toBe(outside.filter((step) => !["finish/lock", "finish/preflight", "finish/forward"].includes(step)).join(" "));
});

it("has a cell for every step, and for every part of the hold", () => {
  for (const step of names.filter((name) => name !== "reference")) expect(rows.some(({ senseless }) => senseless?.(step) === undefined), step).toBe(true);
});

it("gives a transaction that stays open to a copy for a moment only: it would wait for it for two minutes", () => {
  const { lasts } = rows.find(({ name }) => name === "open-transaction")!;
  expect(["schema", "replicate", "rehearse", "hold", "back/hold"].map((step) => lasts!(columnOf(step)))).toEqual([15, 15, 90, 90, 90]);
});

it.each([
  ["flip-killed", [...FLIPPING, ...FLIPPING.map((step) => `back/${step}`)].join(" ")],
  ["row-there", "schema replicate files rehearse"],
  ["schema-change", "schema replicate files rehearse hold watch back/rehearse"],
  ["open-transaction", "schema replicate rehearse hold back/rehearse back/hold"],
  ["full-disk", own.filter(apart).join(" ")],
])("%s can strike at %s", (name, steps) => expect(sensible(name)).toBe(steps));

it("gives a reason for every cell that is left out", () => {
  const given = reasons(rows, names);
  for (const { senseless } of entries(rows, names).filter((one) => one.senseless !== undefined)) expect(given.some((line) => line.startsWith(`– ${senseless} (`))).toBe(true);
});

it.each([
  ["schema", "preparing", "shared", "abort"], ["reference", "preparing", "shared", "run"], ["replicate", "preparing", "shared", "abort"],
  ["replicate", "moved", "own", "run"], ["lock", "none", "shared", "run"], ["route", "between", "shared", "run"], ["dns", "moved", "own", "run"],
  ["back/files", "moved", "own", "back"], ["back/route", "between", "own", "back"], ["back/dns", "preparing", "own", "back"], ["back/reverse", "preparing", "shared", "back"], ["back/watch", "preparing", "shared", "abort"],
  ["abort/undo", "preparing", "shared", "abort"], ["abort/undo", "none", "shared", null], ["finish/undo", "moved", "own", "finish"], ["finish/undo", "none", "own", null],
] as const)("a run struck at %s that leaves the move %s, by the files on the %s host, is followed by %s", (step, phase, filesSay, next) => {
  expect(nextVerb(columnOf(step), phase, filesSay)).toBe(next);
});

it("begins each cell where the last one ended, as far as there are such", () => {
  const order = (...steps: string[]): string[] => chained(steps.map((step) => ({ column: columnOf(step) })), ({ column }) => expectedEnd(column)).map(({ column }) => column.name);
  expect(order("lock", "schema", "back/lock", "back/watch", "abort/undo", "dns")).toEqual(["lock", "back/lock", "abort/undo", "schema", "dns", "back/watch"]);
  // What can begin only where nothing of a move is comes before what can begin after a way back as well.
  expect(order("dns", "lock", "back/lock")).toEqual(["lock", "back/lock", "dns"]);
  expect(order("finish/lock", "lock", "provision", "finish/undo")).toEqual(["lock", "finish/lock", "provision", "finish/undo"]);
});

it("hardly ever has to bring the customer anywhere between two cells of the whole table", () => {
  const all = entries(rows, names).filter(({ senseless }) => senseless === undefined).map(({ step }) => ({ column: columnOf(step) }));
  const order = chained(all, ({ column }) => expectedEnd(column));
  const ways = order.filter(({ column }, at) => {
    const end = at === 0 ? "apart" : expectedEnd(order[at - 1]!.column);
    return !startsOf(column).includes(end);
  });
  expect(ways.length).toBeLessThan(all.length / 8);
});
