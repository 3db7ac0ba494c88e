import { expect, it } from "vitest";
import { type MoveMark, parseMoveMarks } from "../../../deploy/host/moves.ts";

const mark: MoveMark = { slug: "acme", operation: "op-1", from: "shared", to: "acme", phase: "moved", by: "ada", since: "2026-01-01T00:00:00Z" };

it("reads what moves a host knows of", () => {
  expect(parseMoveMarks("")).toEqual([]);
  expect(parseMoveMarks(`${JSON.stringify(mark)}\n${JSON.stringify({ ...mark, slug: "beta" })}\n`).map(({ slug }) => slug)).toEqual(["acme", "beta"]);
});

it("takes a damaged mark for a move in the middle: an update must not guess", () => {
  expect(parseMoveMarks('{"slug":"ac')).toEqual([expect.objectContaining({ phase: "preparing" })]);
});
