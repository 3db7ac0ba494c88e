import { expect, it } from "vitest";
import type { Step } from "../../../deploy/rollout/job.ts";
import { batches } from "../../../deploy/rollout/batch.ts";

const host = (name: string, more: object = {}): Step => ({ name, part: () => null, ...more }) as unknown as Step;
const own = (name: string): Step => ({ name, run: async () => undefined }) as unknown as Step;

it.each([
  ["neighbours together", [host("a"), host("b")], [["a", "b"]]],
  ["one that decides ends its batch", [host("a"), host("b", { decides: true }), host("c")], [["a", "b"], ["c"]]],
  ["a conversation is alone", [host("a"), own("b"), host("c"), host("d")], [["a"], ["b"], ["c", "d"]]],
  ["two conversations", [own("a"), own("b")], [["a"], ["b"]]],
  ["none", [], []],
])("batches: %s", (_what, steps, expected) => {
  expect(batches(steps).map((batch) => batch.map(({ name }) => name))).toEqual(expected);
});
