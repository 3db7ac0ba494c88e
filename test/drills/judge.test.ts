/** What the matrix calls wrong: one change to a cell that is right, and the sentence about it. */
import { expect, it } from "vitest";
import { faultsOf, type Seen } from "../../drills/matrix/judge.ts";
import { type Row, rows } from "../../drills/matrix/rows.ts";
import type { StepName } from "../../deploy/report/event.ts";

const hosts = ["helmex", "orion", "shared"];
const row = (name: string): Row => rows.find((one) => one.name === name)!;
const inside = (...releases: (string | null)[]) => hosts.map((host, at) => ({ host, release: releases[at] ?? null, leftovers: [] as string[] }));
const customers = (release: string) => [["helmex", "helmex"], ["orion", "orion"], ["acme", "shared"]].map(([slug, host]) => ({ slug: slug!, host: host!, release, fault: null as string | null }));
const traffic = { sent: 400, ok: 400, failed: 0, failures: [], customers: {}, releases: {}, milliseconds: { p50: 1, p99: 2, max: 3 } };
const failing = (slug: string) => ({ ...traffic, failed: 2, failures: [`2 × ${slug} GET /: status 502`], customers: { [slug]: { failed: 2, last: "" } } });

/** A rollout from one to two that was struck on orion. */
const good: Seen = {
  from: "one", rolled: "two", wanted: "two", victim: "orion", struck: "switch", codes: [1, 0], complaint: "",
  between: inside("two", "one", "one"), after: inside("two", "two", "two"), customersBetween: customers("one"), customersAfter: customers("two"),
  openEnds: [], traffic, hostOf: { helmex: "helmex", orion: "orion", acme: "shared" },
};
const killed: Partial<Seen> = { codes: [137, 0] };
const withLeftover = (seen: ReturnType<typeof inside>) => seen.map((one) => one.host === "orion" ? { ...one, leftovers: ["a lock: ada"] } : one);

const cases: [string, string, StepName, Partial<Seen>, string[]][] = [
  ["a right one", "ctrl-c", "switch", {}, []],
  ["stopped late, all done", "ctrl-c", "switch", { codes: [0, 0], between: inside("two", "two", "two") }, []],
  ["a kill leaves a lock", "kill-9", "switch", { ...killed, between: withLeftover(inside("two", "two", "one")) }, []],
  ["nobody struck", "ctrl-c", "switch", { struck: null }, ["step switch never began"]],
  ["a bug of the tool", "network-cut", "switch", { codes: [4, 0] }, ["the struck run ended with 4 instead of 0 or 1"]],
  ["a run for ever", "machine-frozen", "switch", { codes: [null, 0] }, ["the struck run had to be killed: it did not end"]],
  ["a kill survived", "kill-9", "switch", {}, ["the struck run ended with 1 instead of 137"]],
  ["a bad release welcomed", "bad-release", "start", { codes: [0, 0], between: inside("two", "two", "two") }, ["the struck run ended with 0 instead of 1", "after the struck run orion was on two instead of one"]],
  ["the next run fails", "kill-9", "switch", { ...killed, codes: [137, 3], complaint: "locked" }, ["the next run ended with 3 instead of 0: locked"]],
  ["a third release", "ctrl-c", "switch", { between: inside("two", "zero", null) }, ["after the struck run orion was on zero instead of one or two", "after the struck run shared was on no release instead of one or two"]],
  ["a lock after Ctrl-C", "ctrl-c", "switch", { between: withLeftover(good.between) }, ["after the struck run orion had a lock: ada"]],
  ["not there in the end", "ctrl-c", "switch", { after: inside("two", "one", "two") }, ["in the end orion is on one instead of two"]],
  ["leftovers in the end", "kill-9", "switch", { ...killed, after: withLeftover(good.after) }, ["in the end orion has a lock: ada"]],
  ["a customer without an answer", "ctrl-c", "switch", { customersBetween: customers("one").map((one) => one.slug === "acme" ? { ...one, fault: "acme.test answered 502 instead of 200" } : one) }, ["after the struck run acme: acme.test answered 502 instead of 200"]],
  ["a customer on the old one", "ctrl-c", "switch", { customersAfter: customers("two").map((one) => one.slug === "orion" ? { ...one, release: "one" } : one) }, ["in the end orion is answered by one instead of two"]],
  ["an open end", "kill-9", "switch", { ...killed, openEnds: ["operation x has no end"] }, ["at the end: operation x has no end"]],
  ["customers of a dead machine", "machine-dead", "switch", { traffic: failing("orion") }, []],
  ["customers of another machine", "machine-dead", "switch", { traffic: failing("acme") }, ["2 of 400 requests failed, of acme: 2 × acme GET /: status 502"]],
  ["a healthy host's customers", "registry-down", "pull", { struck: "pull", traffic: failing("orion") }, ["2 of 400 requests failed, of orion: 2 × orion GET /: status 502"]],
  ["a bad release before it serves", "flapping", "gate-inside", { struck: "gate-inside", traffic: failing("orion") }, ["2 of 400 requests failed, of orion: 2 × orion GET /: status 502"]],
  ["a bad release once it serves", "flapping", "steady", { struck: "steady", traffic: failing("orion") }, []],
];

it.each(cases)("%s", (_title, name, step, change, wrong) => expect(faultsOf(row(name), step, { ...good, ...change })).toEqual(wrong));
