/** Until when a customer's data stays, by how the verb was typed. */
import { expect, it } from "vitest";
import { leaveChanges } from "../../../deploy/customers/arguments.ts";
import { hosting } from "../../../model/schema.ts";

const now = new Date("2026-11-22T23:30:00Z");
const retention = hosting.shape.retention.parse({});
const keeping = hosting.shape.retention.parse({ days: 90, suspended: "keep" });

it.each<[what: string, ...Parameters<typeof leaveChanges>, eraseOn: string | null]>([
  ["suspended: the default retention", "suspended", { status: "active" }, retention, {}, now, "2026-12-22"],
  ["suspended: for as long as it takes", "suspended", { status: "active" }, retention, { keep: true }, now, null],
  ["suspended: hosting.yaml keeps", "suspended", { status: "active" }, keeping, {}, now, null],
  ["suspended: hosting.yaml keeps, a day was asked for", "suspended", { status: "active" }, keeping, { "erase-on": "2027-01-31" }, now, "2027-01-31"],
  ["suspended again: what was said stays", "suspended", { status: "suspended", eraseOn: "2026-11-30" }, retention, {}, now, "2026-11-30"],
  ["suspended again: kept until somebody says otherwise", "suspended", { status: "suspended" }, retention, {}, now, null],
  ["suspended again: a new day", "suspended", { status: "suspended", eraseOn: "2026-11-30" }, retention, { "erase-on": "2027-01-31" }, now, "2027-01-31"],
  ["leaving: a retention of its own", "leaving", { status: "active" }, keeping, {}, now, "2027-02-20"],
  ["leaving after a suspension: counted from now", "leaving", { status: "suspended", eraseOn: "2026-11-30" }, retention, {}, now, "2026-12-22"],
  ["leaving again: what was said stays", "leaving", { status: "leaving", eraseOn: "2026-11-30" }, retention, {}, now, "2026-11-30"],
  ["nobody of that name: the edit says so", "leaving", undefined, retention, {}, now, "2026-12-22"],
])("%s", (_what, status, entry, policy, args, at, eraseOn) => {
  expect(leaveChanges(status, entry, policy, args, at)).toEqual({ texts: { status, eraseOn } });
});
