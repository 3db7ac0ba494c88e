/** Which warnings are due: each once, and again for another day of erasure. */
import { expect, it } from "vitest";
import { warningKey, warningLetter, warningsDue } from "../../../deploy/retention/warn.ts";
import { customer } from "../../../model/schema.ts";

const now = new Date("2026-12-01T08:00:00Z");
const one = (eraseOn: string, status = "leaving") => customer.parse({ slug: "acme", name: "Acme", tier: "shared", status, eraseOn });

it.each<[what: string, eraseOn: string, told: string | undefined, expected: string[]]>([
  ["far ahead", "2026-12-31", undefined, []],
  ["two weeks ahead", "2026-12-15", undefined, ["2026-12-15, 14 days before"]],
  ["told already", "2026-12-15", "2026-12-15, 14 days before", []],
  ["told already, and nobody ran it for a few days since", "2026-12-12", "2026-12-12, 14 days before", []],
  ["the next one", "2026-12-08", "2026-12-08, 14 days before", ["2026-12-08, 7 days before"]],
  ["told for another day, since it came back and left again", "2026-12-15", "2026-06-15, 1 days before", ["2026-12-15, 14 days before"]],
  ["too late", "2026-12-01", "2026-12-01, 1 days before", []],
])("%s", (_what, eraseOn, told, expected) => {
  expect(warningsDue([one(eraseOn)], [14, 7, 1], new Map(told === undefined ? [] : [["acme", told]]), now).map(warningKey)).toEqual(expected);
});

it("the customer reads when, and what to do", () => {
  const { subject, text } = warningLetter({ name: "Acme", domain: "acme.example.com", eraseOn: "2026-12-08", daysLeft: 7, platform: "demo" });
  expect(subject).toBe("The data of acme.example.com is erased on 2026-12-08");
  expect(text).toContain("kept until 2026-12-08 (7 days from now)");
});
