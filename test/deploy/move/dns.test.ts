/** What follows a cutover in files and DNS, from the first shared host and from a further one. */
import { expect, it } from "vitest";
import { placeIn, stacksFor } from "../../../deploy/move/steps/dns.ts";

it.each<[what: string, ends: Parameters<typeof stacksFor>[0], place: object, stacks: string[]]>([
  ["out of the first: its wildcard goes on covering the name", { home: "acme", own: "acme", shared: "shared", custom: false }, { phase: "live", host: null }, ["acme"]],
  ["out of the first, with a hostname of its own", { home: "acme", own: "acme", shared: "shared", custom: true }, { phase: "live", host: null }, ["acme", "shared"]],
  ["back to the first", { home: "shared", own: "acme", shared: "shared", custom: false }, { phase: "staged", host: null }, ["acme"]],
  ["back to the first, with a hostname of its own", { home: "shared", own: "acme", shared: "shared", custom: true }, { phase: "staged", host: null }, ["shared", "acme"]],
  ["out of a further one: its record goes, and the file says where the way back leads", { home: "acme", own: "acme", shared: "shared-2", custom: false }, { phase: "live", host: "shared-2" }, ["acme", "shared-2"]],
  ["back to a further one: its record comes first", { home: "shared-2", own: "acme", shared: "shared-2", custom: false }, { phase: "staged", host: "shared-2" }, ["shared-2", "acme"]],
])("%s", (_, ends, place, stacks) => {
  expect(placeIn(ends)).toEqual(place);
  expect(stacksFor(ends)).toEqual(stacks);
});
