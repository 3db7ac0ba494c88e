/** Which files are not alike on both hosts, when people go on working. */
import { expect, it } from "vitest";
import { stillDiffering } from "../../../deploy/move/files.ts";

it("a file that was just made on one side is no difference, one that stays so is", () => {
  const missing = (path: string) => ({ path, fault: "missing" as const });
  const first = stillDiffering(null, [missing("a"), missing("b")]);
  expect(first).toEqual([missing("a"), missing("b")]);
  const second = stillDiffering(first, [missing("b"), missing("c")]);
  expect(second).toEqual([missing("b")]);
  expect(stillDiffering(second, [missing("c"), missing("d")])).toEqual([]);
});
