/** What the matrix of customers' lives calls wrong: one change to a cell that is right, and the sentence about it. */
import { describe, expect, it } from "vitest";
import { columnOf, columns, nextOf, type Verb } from "../../drills/matrix/life/columns.ts";
import { faultsOf, type Seen } from "../../drills/matrix/life/judge.ts";
import type { Had } from "../../drills/matrix/life/look.ts";
import { LIFE_STEPS } from "../../deploy/life/steps.ts";
import { STEPS } from "../../deploy/report/event.ts";
import { RESTORE_STEPS } from "../../deploy/restore/steps.ts";

const had: Had = { status: "active", rows: { organisations: 1, users: 6, orders: 200, usage_hours: 1 }, files: 3, sum: "tickets|abc" };
const none: Had = { status: null, rows: {}, files: 0, sum: "" };
const others = "orders|1\nfiles|2";
const base: Seen = { missed: null, codes: [137, 0], complaint: "", next: "apply --yes", before: had, after: had, others: [others, others], file: "active", deliveries: 1, papers: [], leftovers: [], openEnds: [] };
const right = {
  add: { ...base, before: none, after: { ...had, rows: { organisations: 1, users: 1 }, files: 0 } },
  suspend: { ...base, after: { ...had, status: "suspended" }, file: "suspended" },
  remove: { ...base, after: { ...had, status: "suspended" }, file: "leaving" },
  restore: { ...base, next: "restore customer x" },
  erase: { ...base, after: none, file: null, papers: [{ rows: { "public.organisations": 1, "public.users": 6, "public.orders": 200 }, files: 3, stack: null, sound: true }] },
} as const satisfies Record<string, Seen>;
const paper = right.erase.papers[0];

it.each<[what: string, verb: Verb, hits: "tool" | "host", change: Partial<Seen>, faults: string[]]>([
  ["a right addition", "add", "tool", {}, []], ["a right suspension", "suspend", "tool", {}, []], ["a right removal", "remove", "tool", {}, []], ["a right erasure", "erase", "tool", {}, []], ["a right restore", "restore", "tool", {}, []],
  ["a host that went, and a run that noticed", "erase", "host", { codes: [1, 0] }, []],
  ["nobody struck", "add", "tool", { missed: "step add/lock never began" }, ["step add/lock never began"]],
  ["a kill survived", "add", "tool", { codes: [0, 0] }, ["the struck run ended with 0 instead of 137"]],
  ["a bug of the tool", "add", "host", { codes: [4, 0] }, ["the struck run ended with 4 instead of 0 or 1"]],
  ["a run for ever", "add", "host", { codes: [null, 0] }, ["the struck run had to be killed: it did not end"]],
  ["the next run fails", "suspend", "tool", { codes: [137, 1], complaint: "no answer" }, ["deploy apply --yes ended with 1 instead of 0: no answer"]],
  ["others were touched", "erase", "tool", { others: [others, "orders|9\nfiles|2"] }, ["others' data is not what it was: - orders|1; + orders|9"]],
  ["no admin, no credentials", "add", "tool", { after: { ...had, rows: { organisations: 1 } }, deliveries: 0 }, ["it has 0 users instead of its admin", "nobody got its credentials"]],
  ["two admins", "add", "tool", { after: { ...had, rows: { organisations: 1, users: 2 } } }, ["it has 2 users instead of its admin"]],
  ["still open", "suspend", "tool", { after: had }, ["the app has it as active instead of suspended"]],
  ["closed, and the file does not say so", "remove", "tool", { file: "active" }, ["customers.yaml has it as active instead of leaving"]],
  ["its own data changed", "suspend", "tool", { after: { ...had, status: "suspended", sum: "tickets|abd" } }, ["its own data is not what it was"]],
  ["rows and files left", "erase", "tool", { after: { ...none, rows: { orders: 2 }, files: 1 } }, ["rows are left: orders 2", "1 files are left"]],
  ["a restore to something else", "restore", "tool", { after: { ...had, sum: "tickets|abd" } }, ["its own data is not what it was"]],
  ["a restore that left its customer suspended, and its scratch", "restore", "host", { codes: [1, 0], after: { ...had, status: "suspended" }, leftovers: ["scratch-x"] }, ["the app has it as suspended instead of active", "left on the host: scratch-x"]],
  ["the entry left", "erase", "tool", { file: "leaving" }, ["customers.yaml still has it, as leaving"]],
  ["no certificate", "erase", "tool", { papers: [] }, ["there are 0 certificates instead of one"]],
  ["two certificates", "erase", "tool", { papers: [paper, paper] }, ["there are 2 certificates instead of one"]],
  ["a certificate of what was left by the killed run", "erase", "tool", { papers: [{ ...paper, rows: { "public.organisations": 1 }, files: 0 }] }, ["the certificate says users 0 instead of 6, orders 0 instead of 200", "the certificate says 0 files instead of 3"]],
  ["a certificate that was touched", "erase", "tool", { papers: [{ ...paper, sound: false }] }, ["the certificate's sum is wrong"]],
  ["a server that the certificate does not know", "retire", "tool", {}, ["the certificate names no stack"]], ["a stack in a certificate of somebody who had none", "erase", "tool", { papers: [{ ...paper, stack: "x" }] }, ["the certificate names x stack"]],
  ["things left behind", "erase", "tool", { leftovers: ["a lock: ada"], openEnds: ["step erase has no end"] }, ["left on the host: a lock: ada", "at the end: step erase has no end"]],
])("%s", (_what, verb, hits, change, faults) => expect(faultsOf(verb, hits, { ...right[verb === "retire" ? "erase" : verb], ...change })).toEqual(faults));

describe("columns", () => {
  it("are steps that there are", () => {
    for (const { step } of columns) expect([...STEPS, ...LIFE_STEPS, ...RESTORE_STEPS] as string[]).toContain(step);
    expect(columnOf("erase/export")).toEqual({ name: "erase/export", verb: "erase", step: "export" });
  });
  it.each<[Parameters<typeof nextOf>[0], Parameters<typeof nextOf>[2], string]>([
    ["restore", { known: true, status: "active", at: "2026-05-01T10:00:00Z" }, "restore customer x --to 2026-05-01T10:00:00Z"],
    ["add", { known: true, status: "active" }, "apply --yes"], ["add", { known: false, status: "" }, "customer add x"], ["suspend", { known: true, status: "active" }, "customer suspend x"],
    ["suspend", { known: true, status: "suspended" }, "apply --yes"], ["remove", { known: true, status: "leaving" }, "apply --yes"], ["erase", { known: true, status: "leaving" }, "erase x"], ["erase", { known: false, status: "" }, "apply --yes"],
  ])("after %s with %o", (verb, file, typed) => expect(nextOf(verb, "x", file).join(" ").startsWith(typed)).toBe(true));
});
